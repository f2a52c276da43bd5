import { Conflict, Invalid, NotFound } from '../../../common/errors';
import type { ConsentPurpose } from './consent';
import { consentKeyword, type ConsentKeyword } from './consent-keywords';

/** So many words an organization has at most. */
export const MAX_WORDS = 100;

/** A word of the organization's own, and what it does. */
export interface ConsentWord {
  readonly word: string;
  /** BCP 47. */
  readonly language: string;
  readonly action: ConsentKeyword;
  /** Of an opt-out: marketing alone, or everything. Of an opt-in: marketing as well, or not. */
  readonly purpose: ConsentPurpose;
  /** What answers it; null: the text of its language. */
  readonly reply: string | null;
}

/** What a message that consists of a word means. */
export interface WordMeaning {
  readonly keyword: ConsentKeyword;
  readonly purpose: ConsentPurpose;
  /** Null for a standard word. */
  readonly keywordId: string | null;
}

/**
 * A word as it is compared, or null for what is none: one run of letters and figures, whatever stands around it, in one
 * form of Unicode and without case. Letters of another script that look the same stay other letters.
 */
export function comparedWord(text: string): string | null {
  const word = text.normalize('NFKC').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, '');
  if (!/^[\p{L}\p{M}\p{N}]{1,32}$/u.test(word)) return null;
  return word.toUpperCase().toLowerCase().normalize('NFC');
}

/** The word as it is compared. Throws {@link ConsentWordInvalid} for what is no word, and for a standard one. */
export function checkWord(word: string): string {
  const compared = comparedWord(word);
  if (compared === null)
    throw new ConsentWordInvalid(
      'word',
      'one_word',
      'word must be one word of at most 32 letters and figures',
    );
  if (consentKeyword({ body: word, optOutType: null }) !== null)
    throw new ConsentWordInvalid(
      'word',
      'standard_word',
      'word is a standard word, which means the same everywhere',
    );
  return compared;
}

/** No such word in this organization. */
export class ConsentWordNotFound extends NotFound {
  readonly code = 'consent_keyword_not_found';
  constructor() {
    super('There is no word with this id.');
  }
}

/** The organization has this word already, perhaps in another spelling of it. */
export class ConsentWordTaken extends Conflict {
  readonly code = 'consent_keyword_taken';
  constructor() {
    super('There is such a word already.');
  }
}

/** There is a limit to the number of words. */
export class TooManyWords extends Conflict {
  readonly code = 'too_many_consent_keywords';
  constructor(most: number) {
    super(`An organization has at most ${most} words of its own.`);
  }
}

/** The word cannot be one about consent. */
export class ConsentWordInvalid extends Invalid {
  readonly code = 'consent_keyword_invalid';
  constructor(field: string, code: string, message: string) {
    super('This cannot be a word about consent.', { fields: [{ field, code, message }] });
  }
}
