import { asRead, fold, sentencesOf, type Sentence, type Token } from './clauses';
import { STANDARD_WORDS, type ConsentKeyword } from './consent-keywords';
import {
  AFTER_PLAIN_WORD,
  ASKING,
  ASKING_BEHIND,
  ASKING_FOR_A_MARKED_WORD,
  BEFORE_WORD_OF_VERB_BEHIND,
  IF,
  NEVER,
  OURSELVES,
  WHOSE,
} from './invitation-phrases';
import { fillerBefore } from './filler-words';
import { isForMessages } from './invitation-purpose';

/** A word that changes consent when a customer answers with it alone. */
export interface ReservedWord {
  readonly word: string;
  readonly action: ConsentKeyword;
}

export type ReservedWords = readonly ReservedWord[];

/** A text that asks the customer for a reserved word. */
export interface Invitation {
  /** As it is reserved: `CANCEL`. */
  readonly word: string;
  readonly action: 'opt_out' | 'opt_in';
  /** The part of the text that asks for it. */
  readonly excerpt: string;
}

/** The standard words and an organization's own. */
export function reservedWords(own: ReservedWords = []): ReservedWords {
  const standard = (Object.keys(STANDARD_WORDS) as ConsentKeyword[]).flatMap((action) =>
    STANDARD_WORDS[action].map((word) => ({ word, action })),
  );
  return [...standard, ...own];
}

/**
 * Finds where a text invites the customer to answer with a word that would change their consent instead of what the text says
 * it does: `Reply CANCEL to cancel your appointment` unsubscribes whoever follows it. Null for a text that invites to none.
 *
 * A word is asked for when it follows a verb of answering, with nothing but small words between; when it stands out (capitals,
 * quotation marks) later in such a sentence; when it stands out and says itself what it is for (`YES to confirm`); or before
 * a verb at the end (`mit STOP antworten`). Allowed is what says that the word ends or begins messages, which it does. Words that
 * ask for help change no consent, and are allowed.
 *
 * What stands in place of a variable is not seen: lint the text as it is filled in, too ({@link lintRendered}).
 */
export function reservedWordInvitation(text: string, words: ReservedWords): Invitation | null {
  const read = asRead(text);
  const known = words.map((entry) => ({ ...entry, parts: fold(entry.word).match(/[\p{L}\p{N}]+/gu) ?? [] }));
  const sentences = sentencesOf(read);
  for (const [index, sentence] of sentences.entries())
    for (const found of occurrences(sentence, known)) {
      const { word, action } = found;
      if (action === 'help' || !isAskedFor(found, sentence, read)) continue;
      const before = sentences[index - 1];
      if (isForMessages({ ...found, action, sentence, before, text: read })) continue;
      return { word, action, excerpt: excerpt(read, sentence, found) };
    }
  return null;
}

/** {@link reservedWordInvitation} of a template as one person will read it: with the values of its variables in it. */
export function lintRendered(
  template: string,
  values: Readonly<Record<string, string>>,
  words: ReservedWords,
): Invitation | null {
  const filled = template.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name: string) => values[name] ?? whole);
  return reservedWordInvitation(filled, words);
}

interface Occurrence extends ReservedWord {
  /** Which words of its sentence it is: from `at` up to and without `until`. */
  readonly at: number;
  readonly until: number;
}

function occurrences(
  { tokens }: Sentence,
  words: readonly (ReservedWord & { readonly parts: readonly string[] })[],
): Occurrence[] {
  return tokens.flatMap((_, at) => {
    const found = words.find(
      ({ parts }) => parts.length > 0 && parts.every((part, n) => tokens[at + n]?.folded === part),
    );
    return found ? [{ word: found.word, action: found.action, at, until: at + found.parts.length }] : [];
  });
}

function isAskedFor(found: Occurrence, { tokens }: Sentence, text: string): boolean {
  const marked = tokens.slice(found.at, found.until).every((token) => token.marked);
  const verbs = tokens.flatMap((token, n) => (n < found.at && asks(token, marked) ? [n] : []));
  const inviting = verbs.filter((verb) => invites(tokens, verb, text));
  if (marked) return inviting.length > 0 || speaksForItself(tokens, found, text) || verbBehind(tokens, found);
  const leads = fillerBefore(tokens, found.at);
  return (
    inviting.some((verb) => leads.has(verb + 1) && namesNext(tokens, verb, found, text)) ||
    (BEFORE_WORD_OF_VERB_BEHIND.has(tokens[found.at - 1]?.folded ?? '') && verbBehind(tokens, found))
  );
}

function asks({ folded }: Token, wordIsMarked: boolean): boolean {
  return ASKING.has(folded) || (wordIsMarked && ASKING_FOR_A_MARKED_WORD.has(folded));
}

/** Not what we do ourselves (`we will reply`), and not what nobody shall do (`do not reply`). */
function invites(tokens: readonly Token[], verb: number, text: string): boolean {
  const [beforeLast, last] = [tokens[verb - 2], tokens[verb - 1]];
  if (last === undefined) return true;
  if (!/^ $/.test(text.slice(last.end, tokens[verb]?.start))) return true;
  if (NEVER.has(last.folded)) return beforeLast !== undefined && IF.has(beforeLast.folded);
  return !OURSELVES.has(last.folded);
}

/** Behind a comma they still belong to the verb: `reply 1, or yes`. */
const AND_OR = new Set(['or', 'and', 'oder', 'und', 'ou', 'et', 'o', 'y', 'e', 'of']);

/** A word that does not stand out is asked for right after the verb, and where no phrase goes on with it. */
function namesNext(tokens: readonly Token[], verb: number, { at, until }: Occurrence, text: string): boolean {
  const [asking, first, next] = [tokens[verb], tokens[at], tokens[until]];
  if (asking === undefined || first === undefined) return false;
  const colon = text.slice(asking.end, first.start).includes(':');
  if (!colon && WHOSE.has(tokens[verb - 1]?.folded ?? '')) return false;
  const comma = /[,;]/.test(text.slice(asking.end, first.start));
  if (comma && !tokens.slice(verb + 1, at).some(({ folded }) => AND_OR.has(folded))) return false;
  if (next === undefined) return true;
  const after = text.slice(tokens[until - 1]?.end, next.start);
  if (first.folded === 'stop' && next.folded === 'by') return false;
  return /[^\s]/.test(after) || AFTER_PLAIN_WORD.has(next.folded);
}

/** Beside `YES` it makes a question of it. */
const NO = new Set(['no', 'nein', 'non', 'nao', 'nee']);

/** `YES to confirm`, `CANCEL = no visit`, `YES / NO`, where a choice is offered: at the start, after a comma or another choice. */
function speaksForItself(tokens: readonly Token[], { at, until }: Occurrence, text: string): boolean {
  const [before, word, next] = [tokens[at - 1], tokens[until - 1], tokens[until]];
  if (word === undefined || next === undefined) return false;
  const lead = text.slice(before?.end ?? 0, tokens[at]?.start);
  const offered =
    before === undefined || /[,.;:/|•\-–—]/.test(lead) || /^(?:or|oder|ou|o|of)$/.test(before.folded);
  const between = text.slice(word.end, next.start);
  if (/[=→]/.test(between) || (next.marked && NO.has(next.folded))) return offered;
  const explains = /^\s/.test(between) && /^(?:to|2|um|zum|zur|pour|para|per|om)$/.test(next.folded);
  return offered && explains;
}

function verbBehind(tokens: readonly Token[], { until }: Occurrence): boolean {
  return tokens.slice(until, until + 4).some(({ folded }) => ASKING_BEHIND.has(folded));
}

const LONGEST_EXCERPT = 80;

function excerpt(text: string, { tokens }: Sentence, { at }: Occurrence): string {
  const verb = tokens.findLastIndex(({ folded }, n) => n < at && ASKING.has(folded));
  const start = tokens[verb === -1 ? at : verb]?.start ?? 0;
  const part = Array.from(text.slice(start, tokens.at(-1)?.end));
  return part.length > LONGEST_EXCERPT ? part.slice(0, LONGEST_EXCERPT - 1).join('') + '…' : part.join('');
}
