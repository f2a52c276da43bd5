import fc from 'fast-check';
import {
  lintRendered,
  reservedWordInvitation,
  reservedWords,
} from '../../../src/modules/channels/domain/reserved-words';
import { ReservedWordInvited } from '../../../src/modules/channels/domain/reserved-word-errors';

const WORDS = reservedWords([
  { word: 'BAJA', action: 'opt_out' },
  { word: 'СТОП', action: 'opt_out' },
  { word: 'NO MÁS', action: 'opt_out' },
  { word: 'JA', action: 'opt_in' },
]);
const lint = (text: string) => reservedWordInvitation(text, WORDS);

const REFUSED: readonly (readonly [string, string])[] = [
  ['Reply CANCEL to cancel your appointment.', 'CANCEL'],
  ['Reply YES to confirm your appointment tomorrow at 9.', 'YES'],
  ['Text YES to confirm', 'YES'],
  ['Please respond with yes or no.', 'YES'],
  ["To end your membership, send 'End'.", 'END'],
  ['Répondez YES pour confirmer votre rendez-vous.', 'YES'],
  ['Antworten Sie mit CANCEL, um Ihren Termin abzusagen.', 'CANCEL'],
  ['Antworten Sie mit STOP, um den Termin abzusagen.', 'STOP'],
  ['Bitte mit JA antworten.', 'JA'],
  ['Zum Absagen bitte CANCEL antworten.', 'CANCEL'],
  ['Responda YES para confirmar su cita.', 'YES'],
  ['Envíe BAJA para anular su cita.', 'BAJA'],
  ['Rispondi YES per confermare.', 'YES'],
  ['Scrivi CANCEL per annullare la visita.', 'CANCEL'],
  ['Envoyez STOP pour annuler votre rendez-vous.', 'STOP'],
  ['Responda STOP para cancelar a consulta.', 'STOP'],
  ['Antwoord YES om te bevestigen.', 'YES'],
  ['Ответьте СТОП, чтобы отменить запись.', 'СТОП'],
  ['Responde NO MAS para terminar la cita.', 'NO MÁS'],
  ['Reply STOP to cancel your booking.', 'STOP'],
  ['Reply 1 to confirm or CANCEL to cancel.', 'CANCEL'],
  ['Reply 1 or yes to confirm.', 'YES'],
  ['Reply YES to confirm or STOP to unsubscribe.', 'YES'],
  ['Reply STOP to unsubscribe or CANCEL to cancel your visit.', 'CANCEL'],
  ['To opt out reply STOP, to cancel your visit reply CANCEL.', 'CANCEL'],
  ['To cancel your visit reply CANCEL, to opt out reply STOP.', 'CANCEL'],
  ['Need to cancel? Reply STOP.', 'STOP'],
  ['Will you come? Reply YES.', 'YES'],
  ['Are you ready? Just text us START', 'START'],
  ['YES to confirm, NO to cancel', 'YES'],
  ['Your visit is on Monday. YES = I come, NO = I do not', 'YES'],
  ['Confirm: Y. CANCEL = cancel the visit', 'CANCEL'],
  ['Tap YES to confirm', 'YES'],
  ['Please confirm: YES / NO', 'YES'],
  ['reply yes to confirm', 'YES'],
  ['REPLY YES TO CONFIRM', 'YES'],
  ['Reply "yes" if you can come', 'YES'],
  ['Reply *YES* if you can come', 'YES'],
  ['Reply (YES) now', 'YES'],
  ['Reply: YES', 'YES'],
  ['Reply\nYES\nto confirm', 'YES'],
  ['Reply e.g. YES', 'YES'],
  ['Reply to this message with YES.', 'YES'],
  ['Reply by sending the word QUIT to leave the queue.', 'QUIT'],
  ['Simply answer "cancel" and we free the slot.', 'CANCEL'],
  ['If you cannot come, reply CANCEL.', 'CANCEL'],
  ['If not, reply CANCEL by noon.', 'CANCEL'],
  ['Your answer: yes or no?', 'YES'],
  ['Reply YES within 2 hours', 'YES'],
  ['Reply REVOKE to revoke your power of attorney.', 'REVOKE'],
  ['Reply END to end your appointment by text.', 'END'],
  ['Reply ＹＥＳ to confirm', 'YES'],
  ['Reply Y\u200BE\u200BS to confirm', 'YES'],
];

const ALLOWED: readonly string[] = [
  'Reply STOP to unsubscribe.',
  'Reply STOP to opt out.',
  'Reply STOP to opt-out, HELP for help.',
  'Reply STOP to end messages.',
  'Reply STOP to stop receiving messages from us.',
  'Reply STOP to cancel, HELP for help.',
  'Msg & data rates may apply. Reply STOP.',
  'Text STOP to end',
  'Txt STOP to 12345 to unsub',
  'Text END to 555 to end texts',
  'Répondez STOP pour arrêter les messages.',
  'Antworten Sie mit STOP, um Nachrichten zu beenden.',
  'Responda STOP para detener los mensajes.',
  'STOP to end',
  'Reply STOP or CANCEL to unsubscribe.',
  'Reply "STOP" at any time to unsubscribe',
  'To unsubscribe, reply STOP at any time.',
  'Want to unsubscribe? Reply END.',
  'Reply END to stop reminders.',
  'Reply CANCEL to cancel your subscription.',
  'Reply START to resubscribe.',
  'Reply YES to subscribe to our newsletter.',
  'Reply YES to receive our offers.',
  'Text START to receive messages again',
  'Text UNSTOP to start receiving texts again.',
  'Reply HELP for help.',
  'Reply INFO for more information',
  'Antworten Sie mit STOP, um sich abzumelden.',
  'Antworten Sie mit STOP, um keine Nachrichten mehr zu erhalten.',
  'Zum Abmelden STOP antworten.',
  'Um keine Werbung mehr zu erhalten, antworten Sie mit STOP.',
  'Antworten Sie mit START, um wieder Nachrichten zu erhalten.',
  'Répondez STOP pour vous désabonner.',
  'Répondez STOP pour ne plus recevoir de messages.',
  'STOP au 36180',
  'Envoyez STOP au 36180 pour vous désinscrire',
  'Responda STOP para darse de baja.',
  'Envíe BAJA para no recibir más mensajes.',
  'Responda STOP para cancelar su suscripción.',
  'Rispondi STOP per disiscriverti.',
  'Rispondi STOP per non ricevere più messaggi.',
  'Responda STOP para cancelar a inscrição.',
  'Antwoord STOP om u af te melden.',
  'Antwoord STOP om geen berichten meer te ontvangen.',
  'Reply C to confirm or R to reschedule.',
  'Reply 1 to confirm, 2 to cancel.',
  'To cancel your appointment, call us.',
  'Your appointment was cancelled. Reply to this message to book again.',
  'Reply to confirm or cancel your appointment.',
  'Please reply to help us improve.',
  'Write to info@clinic.example to end your membership.',
  'Cancel here: https://clinic.example/reply/CANCEL',
  'Say yes to healthy teeth!',
  'Please send the end date of your treatment.',
  'Text us your start date.',
  'Thanks for your reply. Yes, we are open on Sunday.',
  'We look forward to your reply. Start well into the week!',
  'Do not reply STOP: call us to move your visit.',
  'We will reply yes or no within a day.',
  'Text us, stop by or call.',
  'Stop smoking today: our course starts on Monday.',
  'Quit worrying, we start at nine. Yes, really.',
  'The WEEKEND is here!',
  'END-to-END encryption keeps what you write to us private.',
  '',
];

describe('a text that asks for a reserved word', () => {
  test.each(REFUSED)('%j asks for %s', (text, word) => {
    expect(lint(text)).toMatchObject({ word, action: expect.stringMatching(/^opt_(in|out)$/) });
  });
  test.each(ALLOWED)('%j is allowed', (text) => expect(lint(text)).toBeNull());

  test('is told by its excerpt', () => {
    expect(lint('Hello Ana, see you at 9.\nReply CANCEL to cancel your visit. Thank you')).toEqual({
      word: 'CANCEL',
      action: 'opt_out',
      excerpt: 'Reply CANCEL to cancel your visit',
    });
    const { excerpt = '' } = lint(`Reply YES to ${'confirm '.repeat(40)}`) ?? {};
    expect(Array.from(excerpt).length).toBeLessThanOrEqual(80);
  });
  test("takes an organization's own words, and only its own", () => {
    expect(reservedWordInvitation('Envíe BAJA para anular su cita.', reservedWords())).toBeNull();
  });
  test('is found in what a variable brings', () => {
    const template = 'Reply {{word}} to {{purpose}}.';
    expect(lint(template)).toBeNull();
    expect(lintRendered(template, { word: 'yes', purpose: 'confirm' }, WORDS)).toMatchObject({ word: 'YES' });
    expect(lintRendered(template, { word: 'STOP', purpose: 'unsubscribe' }, WORDS)).toBeNull();
  });
  test('is refused with the word, the reason and what to write instead', () => {
    const found = lint('Reply CANCEL to cancel your visit');
    const error = new ReservedWordInvited('body', found!);
    expect(error).toMatchObject({
      code: 'reserved_word_invited',
      kind: 'invalid',
      fields: [{ field: 'body' }],
    });
    expect(error.message).toMatch(/CANCEL.*unsubscribe/);
    expect(error.fields[0]!.message).toMatch(/another word/);
  });
});

describe('whatever the text', () => {
  const opening = fc.constantFrom(
    'Reply',
    'Please respond with',
    'Text',
    'Antworten Sie mit',
    'Répondez',
    'Responda',
    'Rispondi',
  );
  const word = fc.constantFrom(
    'YES',
    'START',
    'CANCEL',
    'END',
    'STOP',
    'QUIT',
    'REVOKE',
    'UNSTOP',
    'OPTOUT',
    'BAJA',
    'СТОП',
  );
  const purpose = fc.constantFrom(
    'to confirm your visit',
    'to cancel your appointment',
    'if you come',
    'um den Termin abzusagen',
  );
  const quotes = fc.constantFrom(
    ['', ''],
    ['"', '"'],
    ['‘', '’'],
    ['“', '”'],
    ['„', '“'],
    ['«', '»'],
    ['« ', ' »'],
    ['*', '*'],
    ['_', '_'],
    ['(', ')'],
    ['[', ']'],
    ["'", "'"],
  );
  const blank = fc.constantFrom(
    ' ',
    '\n',
    '\r\n',
    '\n\n',
    '\t',
    '\u00A0',
    '\u2009',
    ' \u200B',
    ': ',
    ' – ',
    ' … ',
    ' - ',
    ' 👉 ',
  );
  const disguise: fc.Arbitrary<(text: string) => string> = fc.constantFrom(
    (text) => text,
    (text) => text.toLowerCase(),
    (text) => text.toUpperCase(),
    (text) => Array.from(text).join('\u200B'),
    (text) => Array.from(text).join('\u00AD'),
    (text) => Array.from(text).join('\u2060'),
    (text) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
    (text) => text.normalize('NFD'),
  );

  test('neither case, quotes, blanks, line ends, unseen characters nor wide letters hide an invitation', () => {
    fc.assert(
      fc.property(
        opening,
        word,
        purpose,
        quotes,
        blank,
        blank,
        disguise,
        (verb, w, why, [open, close], a, b, hide) => {
          const text = `${verb}${a}${open}${hide(w)}${close}${b.trim() === '' ? b : ' '}${why}`;
          expect(lint(text)).toMatchObject({ word: w });
          expect(lint(hide(text))).toMatchObject({ word: w });
        },
      ),
      { numRuns: 2000 },
    );
  });
  test('the notice that a word ends messages is allowed in the same disguises', () => {
    const notice = fc.constantFrom('to unsubscribe', 'to opt out', 'to stop receiving messages');
    fc.assert(
      fc.property(quotes, blank, disguise, notice, ([open, close], a, hide, why) => {
        expect(lint(hide(`Reply${a}${open}STOP${close} ${why}`))).toBeNull();
      }),
    );
  });
  test('a text without reserved words is never refused', () => {
    const parts = fc.constantFrom(
      'Reply',
      'text',
      'send',
      '"',
      '*',
      'to',
      'C',
      '1',
      'confirm',
      'appointment',
      'or',
      '.',
      '?',
      '=',
      '\n',
      'YESTERDAY',
      'ENDING',
      'STOPPER',
      'antworten',
      'mit',
    );
    fc.assert(fc.property(fc.array(parts), (all) => lint(all.join(' ')) === null));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(
          !/stop|unsubscribe|cancel|end|quit|revoke|optout|start|yes|baja|ja|стоп|mas|más/iu.test(
            text.normalize('NFKD'),
          ),
        );
        return lint(text) === null;
      }),
    );
  });
  test.each([
    [`reply ${'the word of '.repeat(300)}zzz stop now`, 'YES'],
    [`reply ${'a the text '.repeat(350)}zzz stop now`, 'YES'],
    [`reply ${'of '.repeat(1300)}zzz stop now`, 'YES'],
    ['reply STOP '.repeat(370), 'STOP'],
    [`reply ${'"STOP" '.repeat(580)}`, 'STOP'],
    ['reply stop '.repeat(370), 'STOP'],
    [`STOP,${"'".repeat(4000)}%CANCEL`, 'YES'],
  ])('a message of full length is read through, to the first invitation in it: %#', (text, word) => {
    // With every way to read the small words tried, this would take years.
    expect(lint(`${text}.\nReply YES to confirm your appointment.`)?.word).toBe(word);
  });

  test('long texts come to an end', () => {
    for (const text of [
      'reply '.repeat(3000),
      'to this message '.repeat(1500),
      `Reply ${'to this message or '.repeat(1000)}maybe`,
      '"*(['.repeat(4000),
    ])
      expect(lint(text)).toBeNull();
  });
});
