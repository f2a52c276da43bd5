/** The words by which people are invited to answer, in the languages that the linter knows; folded, as texts are compared. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Verbs, and nouns of the same kind: whatever is named right after them is what the customer is to write. */
export const ASKING = words(`
  reply replying reply2 respond responding response answer answering text texting txt send sending type typing write writing
  message msg sms
  antworte antworten antwortet antwort schreib schreibe schreiben schreibt sende senden sendet schick schicke schicken
  schickt tippe tippen simse simsen
  repondez reponds repondre reponse envoyez envoie envoyer ecrivez ecris ecrire tapez tape taper textez
  responda responde responder respondan responded respondanos conteste contesta contestar envie envia enviar enviad envienos
  envianos escriba escribe escribir mande manda mandar mandanos respuesta
  rispondi risponda rispondere rispondete risposta invia invii inviare inviate scrivi scriva scrivere scrivete mandi mandare
  digita digitare
  escreva escrever digite digitar resposta
  antwoord antwoorden beantwoord stuur sturen verstuur schrijf schrijven typ typen zend reageer
  odpowiedz odpisz wyslij napisz ответьте ответь отправьте отправь напишите напиши cevaplayin yanitlayin gonderin yazin
`);

/** Verbs that ask for an answer only where the word itself stands out: `Say yes to healthy teeth` asks for none. */
export const ASKING_FOR_A_MARKED_WORD = words(`
  say enter press tap click choose select hit use dial
  drucke drucken wahle wahlen klicke klicken cliquez appuyez choisissez pulse pulsa presione elija elige premi clicca
  scegli pressione clique escolha kies druk klik
`);

/** Verbs that stand behind what is to be written (`mit STOP antworten`). */
export const ASKING_BEHIND = words(`
  antworten zuruckschreiben zurucksenden senden schicken schreiben simsen tippen antwoorden sturen terugsturen typen schrijven
`);
export const BEFORE_WORD_OF_VERB_BEHIND = words('mit met wort woord');

/** Who writes, when it is not the customer. */
export const OURSELVES = words(`
  we i they he she will shall we'll i'll they'll wir ich nous je nosotros noi nos wij team
`);

/** Whose, before a noun: `we look forward to your reply`. */
export const WHOSE = words(
  'your our my their ihre ihrer eure unsere votre notre su nuestra vostra sua uw jouw onze',
);

export const NEVER = words("not never don't dont nicht nie ne no non nao niet");
export const IF = words('if si se wenn falls als indien');

/** What may follow a word that does not stand out, so that it is a word to write and not part of a phrase (`end date`). */
export const AFTER_PLAIN_WORD = words(`
  to for if when whenever or and as in at by before within now today please so once any anytime on until 2 this then back
  only here us via from
  um oder und wenn falls zum zur bis an fur damit als jederzeit bitte
  pour si ou et afin avant au a
  para si o y antes por al
  per se e entro prima
  ate om of en indien voor
`);

/** A phrase that says what a word is for. */
export const PURPOSE =
  /(?:^|[ ,(])(?:to (?!this|the|our|us|\d)|2 |for |if |when |as |um |zum |zur |fur |wenn |falls |pour |afin |si |para |per |se |om |voor |so )|[=:→>]/;

const OUR_MESSAGES =
  '(?:messages?|msgs?|texts?|sms|alerts?|notifications?|reminders?|promotions?|promos?|newsletters?|news|offers?|updates?|' +
  'subscriptions?|marketing|mails?|emails?|communications?|campaigns?|' +
  'nachrichten|erinnerungen|angebote|werbung|mitteilungen|neuigkeiten|infos|abo|' +
  'messaggi|notifiche|promemoria|offerte|novita|comunicazioni|iscrizione|' +
  'mensajes|recordatorios|ofertas|novedades|avisos|suscripcion|notificaciones|promociones|' +
  'rappels|offres|notifications|actualites|publicites?|abonnement|' +
  'mensagens|lembretes|novidades|inscricao|assinatura|notificacoes|promocoes|' +
  'berichten|herinneringen|aanbiedingen|meldingen|nieuws)';

/** Small words that may lie between two words of one phrase; no appointment is among them. */
const NEAR =
  '(?:(?:all|any|these|those|our|the|your|my|more|such|future|further|of|for|from|us|to|getting|receiving|marketing|' +
  'promotional|weekly|monthly|sms|text|whatsapp|daily|alle|unsere|ihre|weiteren?|diese|keine|die|den|von|uns|sms-|per|' +
  'les|nos|vos|de|des|mes|notre|la|le|l|mas|nuestros|nuestras|las|los|el|tu|su|sus|mis|i|gli|nostri|nostre|piu|altri|lo|' +
  'os|as|nossas|nossos|sua|a|onze|de|het|uw|meer|d|publicitaires|publicitarios|promocionales|promozionali) ){0,5}';

/** Says that a word ends messages. */
export const ENDS_MESSAGES = new RegExp(
  [
    'unsub|un-subscrib|\\bopt(?:ing|ed)?[- ]?out\\b|optout|remove (?:yourself|me|your number)|' +
      `(?:stop|end|cancel|quit|block|pause|revoke)\\b ${NEAR}(?:receiving|${OUR_MESSAGES}|consent)\\b|` +
      `(?:no (?:more|longer)|not|never)\\b ${NEAR}(?:receive|get|${OUR_MESSAGES})\\b`,
    `abmeld|abbestell|austrag|abzumeld|abzubestell|auszutrag|widerruf|${OUR_MESSAGES} (?:zu )?(?:beenden|stoppen)|kein\\w* ${NEAR}(?:mehr|${OUR_MESSAGES})`,
    `desabonn|desinscri|desinscription|(?:ne|n') ?plus ${NEAR}recevoir|plus (?:recevoir|de ${OUR_MESSAGES})|(?:stopper|arreter) ${NEAR}${OUR_MESSAGES}`,
    `\\bbaja\\b|desuscri|cancelar ${NEAR}suscripcion|dejar de recibir|(?:parar|detener|cancelar) ${NEAR}${OUR_MESSAGES}|no ${NEAR}(?:recibir|mas ${OUR_MESSAGES})|anular ${NEAR}suscripcion`,
    `disiscri|cancellarti|annullare ${NEAR}iscrizione|non ${NEAR}ricevere|non ricevere piu|smettere di ricevere|(?:interrompere|bloccare) ${NEAR}${OUR_MESSAGES}`,
    'descadastr|cancelar (?:a )?(?:inscricao|assinatura|subscricao)|parar (?:de receber|as mensagens)|deixar de receber|nao (?:receber|quer)|sair da lista',
    `afmeld|uitschrijv|geen ${NEAR}(?:meer|${OUR_MESSAGES})|af te melden|${OUR_MESSAGES} te stoppen|uit te schrijven`,
    'zrezygn|wypisa|отпис|abonelikten',
  ].join('|'),
);

/** `STOP to end`: what a word that can mean nothing else is for. */
export const ENDS_OF_ITSELF =
  /^(?:to|2|=|um zu|pour|para|per) ?(?:stop|end|cancel|quit|opt|beenden|stoppen|arreter|parar|terminar|terminare)?$/;

/** Says that a word begins messages, or allows them. */
export const BEGINS_MESSAGES = new RegExp(
  [
    '\\b(?:re-?)?subscrib|\\bopt(?:ing|ed)?[- ]?in\\b|optin|sign up|join (?:our|the) (?:list|newsletter|club)|' +
      `(?:start|begin|resume|restart|continue|receive|receiving|get|getting|allow|accept|want|consent to|agree to)\\b ${NEAR}` +
      `(?:receiving|${OUR_MESSAGES})\\b`,
    `anmeld|anzumeld|abonnier|zustimm|einwillig|(?:wieder|erhalten|bekommen|empfangen)\\b|${OUR_MESSAGES} (?:zu )?(?:erhalten|bekommen)`,
    `\\b(?:re)?abonner|\\b(?:re)?inscri|recevoir ${NEAR}${OUR_MESSAGES}`,
    `\\bsuscrib|recibir ${NEAR}${OUR_MESSAGES}|darse de alta|alta\\b`,
    `\\biscriv|ricevere ${NEAR}${OUR_MESSAGES}`,
    `\\binscrev|receber ${NEAR}${OUR_MESSAGES}`,
    `aanmeld|aan te melden|inschrijv|ontvangen ${NEAR}${OUR_MESSAGES}|${OUR_MESSAGES} te ontvangen`,
  ].join('|'),
);
