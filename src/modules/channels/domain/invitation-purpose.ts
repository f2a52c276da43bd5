import type { Sentence } from './clauses';
import { fold } from './clauses';
import { ASKING, BEGINS_MESSAGES, ENDS_MESSAGES, ENDS_OF_ITSELF, PURPOSE } from './invitation-phrases';

interface Asked {
  readonly word: string;
  readonly action: 'opt_out' | 'opt_in';
  readonly at: number;
  readonly until: number;
  readonly sentence: Sentence;
  /** The sentence before, if there is one. */
  readonly before: Sentence | undefined;
  readonly text: string;
}

/** Words that can mean nothing else, so that `Reply STOP` needs no reason. */
const PLAIN = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'OPTOUT']);
/** Splits what is said of one word from what is said of the next. */
const NEXT_CHOICE = /[,;|•/]|(?:^| )(?:or|and|oder|und|ou|et|o|y|e|of|en|lub|или)(?= )| [-–—] /;
/** A further word for the same: `STOP or CANCEL to unsubscribe`. */
const LIST =
  /^[\s"'“”„«»’)\]*_]*(?:[,/]|(?:or|and|oder|und|ou|et|o|y|e|of|en)(?= ))[\s"'“”„«»‘([*_]*(?:(?:or|oder|ou|o|of) )?["'“„«‘([*_]*$/;
/** No more words than that can {@link LIST} take up, with the word that it leads to. */
const LONGEST_LINK = 3;
const CLOSING = /^["'“”„«»’)\]*_.:]+/;
/** The notice that French law prescribes: `STOP au 36180`. */
const FRENCH_NOTICE = /^ ?(?:sms )?au \d{3,6}/;

/**
 * Whether a word is asked for what it does: to end messages, or to begin them. What follows it decides; where nothing there says
 * what it is for, what stands before it in the sentence; and for a sentence that says nothing, the question that it answers.
 */
export function isForMessages(asked: Asked): boolean {
  const ends = asked.action === 'opt_out';
  const says = ends ? ENDS_MESSAGES : BEGINS_MESSAGES;
  const plain = ends && PLAIN.has(asked.word.toUpperCase());
  const after = saidAfter(asked);
  const reason = after.trim();
  if (says.test(reason)) return true;
  if (plain && (ENDS_OF_ITSELF.test(reason) || FRENCH_NOTICE.test(after))) return true;
  if (PURPOSE.test(after)) return false;
  const before = saidBefore(asked);
  if (says.test(before)) return true;
  if (PURPOSE.test(before)) return false;
  if (asked.before?.isQuestion) return says.test(textOf(asked.before, asked.text));
  return plain;
}

/** What is said of the word after it, up to the next choice. */
function saidAfter({ until, sentence: { tokens }, text }: Asked): string {
  const end = tokens.at(-1)?.end;
  const word = tokens[until - 1]?.end;
  // Further words for the same share what is said of the last of them.
  let sharing = -1;
  for (let n = until; n < until + LONGEST_LINK && sharing === -1; n++) {
    const token = tokens[n];
    if (token === undefined) break;
    const link = text.slice(word, token.start);
    if (LIST.test(folded(link)) && (token.marked || !/[,/]/.test(link))) sharing = n;
  }
  const rest = folded(text.slice(sharing === -1 ? word : tokens[sharing]?.end, end)).replace(CLOSING, '');
  const [first = ''] = rest.split(NEXT_CHOICE);
  if (!rest.startsWith(',')) return first;
  // `STOP, um sich abzumelden`; but in `CANCEL, to opt out reply STOP` it is said of the next word.
  const [behind = ''] = rest.slice(1).split(NEXT_CHOICE);
  return behind.split(' ').some((said) => ASKING.has(said)) ? '' : behind;
}

/** What is said in the sentence before the verb that asks; after another such verb, of this choice alone. */
function saidBefore({ at, sentence: { tokens }, text }: Asked): string {
  const verbs = tokens.flatMap(({ folded: word }, n) => (n < at && ASKING.has(word) ? [n] : []));
  const [earlier, verb = at] = [verbs.at(-2), verbs.at(-1)];
  const from = earlier === undefined ? tokens[0]?.start : tokens[earlier]?.end;
  const lead = ` ${folded(text.slice(from, tokens[verb]?.start)).replace(/[\s,;:–—-]+$/, '')}`;
  return earlier === undefined ? lead : ` ${lead.split(NEXT_CHOICE).at(-1) ?? ''}`;
}

function textOf({ tokens }: Sentence, text: string): string {
  return folded(text.slice(tokens[0]?.start, tokens.at(-1)?.end));
}

const folded = (part: string): string => fold(part).replace(/ +/g, ' ');
