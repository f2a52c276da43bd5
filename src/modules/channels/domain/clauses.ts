/** A word of a text, and where it stands in it. */
export interface Token {
  /** In lower case, without accents. */
  readonly folded: string;
  readonly start: number;
  readonly end: number;
  /** Stands out as something to type: in capitals where others are not, or within quotation marks. */
  readonly marked: boolean;
}

/** A sentence of a text: its words, and what it is made of. */
export interface Sentence {
  readonly tokens: readonly Token[];
  readonly isQuestion: boolean;
}

/** Characters that nobody sees: format characters, and blanks that count as letters. */
const UNSEEN = /\p{Cf}|\p{Variation_Selector}|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u2800|\u3164|\uFFA0/gu;
const ADDRESS = /(?:https?:\/\/|www\.)\S+|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/giu;
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’](?:t|s|re|ll|ve|d|m)(?![\p{L}\p{N}]))?/giu;
const OPENING = /["'“”„«»‹›‘’‚`´*_~([<{「『]\s*$/u;
const CLOSING = /^\s*["'“”„«»‹›‘’`´*_~)\]>}」』]/u;

/**
 * A text as people read it: full-width and styled letters as plain ones, nothing invisible, any white space as one blank, and
 * no addresses of pages and mailboxes (`info@…` asks for no word).
 */
export function asRead(text: string): string {
  return text
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .replace(ADDRESS, '¤')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** For comparing: lower case, no accents. */
export function fold(word: string): string {
  return word.normalize('NFKC').replace(UNSEEN, '').toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}

/** The sentences of a text that was put {@link asRead}. */
export function sentencesOf(text: string): Sentence[] {
  const shouted = !/\p{Ll}/u.test(text);
  const sentences: { tokens: Token[]; isQuestion: boolean }[] = [];
  let tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const start = match.index;
    const before = tokens.at(-1);
    const ending = before && sentenceEnd(text.slice(before.end, start), before);
    if (ending) {
      sentences.push({ tokens, isQuestion: ending.includes('?') });
      tokens = [];
    }
    tokens.push(tokenOf(match[0], start, text, shouted));
  }
  if (tokens.length > 0) sentences.push({ tokens, isQuestion: false });
  return sentences;
}

/** The mark that ends a sentence between two words; dots of an omission and of an abbreviated letter (`z. B.`) do not. */
function sentenceEnd(between: string, before: Token): string | null {
  const end = /^["'“”«»’)\]*_]*([.!?。！？]+)(?=["'“”«»’)\]*_]*(?:\s|$))/u.exec(between)?.[1] ?? null;
  if (end === null || /^\.{2,}$/.test(end)) return null;
  return end === '.' && before.folded.length === 1 && /\p{L}/u.test(before.folded) ? null : end;
}

function tokenOf(word: string, start: number, text: string, shouted: boolean): Token {
  const end = start + word.length;
  const quoted =
    OPENING.test(text.slice(Math.max(0, start - 3), start)) && CLOSING.test(text.slice(end, end + 3));
  const capitals = !shouted && /^\p{Lu}{2,}$/u.test(word);
  return { folded: fold(word), start, end, marked: quoted || capitals };
}
