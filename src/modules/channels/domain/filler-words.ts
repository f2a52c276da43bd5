import type { Token } from './clauses';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Small words that may stand between a verb that asks and the word that it asks for; folded, as texts are compared. */
const SINGLE: ReadonlySet<string> = new Set(
  words(`
    with by back just only simply us me either please a an of now today here directly texting sending typing writing replying
    e g mit bitte einfach nur sie du uns per via zuruck kurz entweder ein einem z b
    par avec nous simplement juste seulement vite svp
    con por solo simplemente un una nos favor semplicemente com apenas ci col met alleen ons gewoon terug
    message text sms whatsapp reply answer keyword palabra mot parola palavra woord wort
    or and oder und ou et o u y en lub или
    no n c r ok okay confirm ja nein oui non sim nao nee
  `),
);

/** Phrases of which each word is one of several. */
const PHRASES: readonly (readonly ReadonlySet<string>[])[] = [
  [
    'to on auf an a al ad op ao',
    'this the our diese unsere ce cet notre este esta nuestro questo dit deze',
    'message text sms number msg nachricht nummer numero mensaje messaggio mensagem bericht',
  ],
  ['the', 'word keyword code text message answer letters'],
  ...['das wort', 'den text', 'le mot', 'la palabra', 'la parola', 'a palavra', 'het woord'].map(words),
].map((phrase) => phrase.map((choices) => new Set(words(choices))));

const LONGEST = Math.max(...PHRASES.map((phrase) => phrase.length));

/**
 * The places in front of the word at `at` from which nothing but small words leads up to it; `at` itself among them. Each place
 * is looked at once: an expression that tries every way to take such words apart takes years for some texts.
 */
export function fillerBefore(tokens: readonly Token[], at: number): ReadonlySet<number> {
  const leads = new Set([at]);
  let farthest = at;
  for (let from = at - 1; from >= 0 && farthest - from <= LONGEST; from--) {
    const isFiller =
      (leads.has(from + 1) && isSingle(tokens[from])) ||
      PHRASES.some((phrase) => leads.has(from + phrase.length) && stands(phrase, tokens, from));
    if (!isFiller) continue;
    leads.add(from);
    farthest = from;
  }
  return leads;
}

function isSingle(token: Token | undefined): boolean {
  return token !== undefined && (SINGLE.has(token.folded) || /^\d{1,2}$/.test(token.folded));
}

function stands(phrase: readonly ReadonlySet<string>[], tokens: readonly Token[], from: number): boolean {
  return phrase.every((choices, n) => choices.has(tokens[from + n]?.folded ?? ''));
}
