import type { ConsentPurpose } from './consent';
import type { ConsentKeyword } from './consent-keywords';

/** What answers a word about consent. */
export const CONSENT_ANSWERS = [
  'opt_out',
  'opt_in',
  'help',
  'marketing_opt_out',
  'marketing_opt_in',
] as const;
export type ConsentAnswer = (typeof CONSENT_ANSWERS)[number];

/** Languages in which there are texts from the start. */
export const TEXT_LANGUAGES = ['en', 'de', 'es', 'fr'] as const;

/**
 * The confirmation of an opt-out is the last thing that the person gets, so it says how to come back: by words that mean the
 * same in every organization.
 */
const STANDARD: Readonly<Record<(typeof TEXT_LANGUAGES)[number], Readonly<Record<ConsentAnswer, string>>>> = {
  en: {
    opt_out: 'You will get no more messages from us. Reply START to hear from us again.',
    opt_in: 'You are subscribed again. Reply STOP at any time to get no more messages, HELP for help.',
    help: 'A member of our team will answer you here. Reply STOP to get no more messages.',
    marketing_opt_out: 'You will get no more offers from us. Reply STOP to get no messages at all.',
    marketing_opt_in:
      'You will get our offers. Reply STOP at any time to get no more messages, HELP for help.',
  },
  de: {
    opt_out: 'Sie erhalten keine Nachrichten mehr von uns. Antworten Sie START, um wieder von uns zu hören.',
    opt_in:
      'Sie sind wieder angemeldet. Antworten Sie jederzeit STOP, um keine Nachrichten mehr zu erhalten.',
    help: 'Jemand aus unserem Team antwortet Ihnen hier. Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.',
    marketing_opt_out:
      'Sie erhalten keine Angebote mehr von uns. Antworten Sie STOP, um gar keine Nachrichten mehr zu erhalten.',
    marketing_opt_in:
      'Sie erhalten unsere Angebote. Antworten Sie jederzeit STOP, um keine Nachrichten mehr zu erhalten.',
  },
  es: {
    opt_out: 'Ya no recibirá mensajes nuestros. Responda START para volver a recibirlos.',
    opt_in: 'Vuelve a estar suscrito. Responda STOP en cualquier momento para no recibir más mensajes.',
    help: 'Alguien de nuestro equipo le responderá aquí. Responda STOP para no recibir más mensajes.',
    marketing_opt_out: 'Ya no recibirá ofertas nuestras. Responda STOP para no recibir ningún mensaje.',
    marketing_opt_in:
      'Recibirá nuestras ofertas. Responda STOP en cualquier momento para no recibir más mensajes.',
  },
  fr: {
    opt_out: 'Vous ne recevrez plus de messages de notre part. Répondez START pour en recevoir à nouveau.',
    opt_in: 'Vous êtes de nouveau inscrit. Répondez STOP à tout moment pour ne plus recevoir de messages.',
    help: 'Un membre de notre équipe vous répondra ici. Répondez STOP pour ne plus recevoir de messages.',
    marketing_opt_out:
      "Vous ne recevrez plus d'offres de notre part. Répondez STOP pour ne plus recevoir aucun message.",
    marketing_opt_in:
      'Vous recevrez nos offres. Répondez STOP à tout moment pour ne plus recevoir de messages.',
  },
};

/** A text of the organization's own. */
export interface OwnText {
  readonly answer: ConsentAnswer;
  readonly language: string;
  readonly text: string;
}

/** Which text answers a word. */
export function answerOf(keyword: ConsentKeyword, purpose: ConsentPurpose): ConsentAnswer {
  return keyword !== 'help' && purpose === 'marketing' ? `marketing_${keyword}` : keyword;
}

/** The organization's own text in the language, or in the one that it is a form of; else the standard one; else English. */
export function textOf(answer: ConsentAnswer, language: string, own: readonly OwnText[]): string {
  const tags = [language, language.split('-')[0] ?? language].map((tag) => tag.toLowerCase());
  for (const tag of tags) {
    const found = own.find((text) => text.answer === answer && text.language.toLowerCase() === tag);
    if (found) return found.text;
  }
  const base = TEXT_LANGUAGES.find((known) => known === tags[1]) ?? 'en';
  return STANDARD[base][answer];
}

/** The standard texts, as they are listed. */
export function standardTexts(): OwnText[] {
  return TEXT_LANGUAGES.flatMap((language) =>
    CONSENT_ANSWERS.map((answer) => ({ answer, language, text: STANDARD[language][answer] })),
  );
}
