/** What a reserved word does. */
export type ConsentKeyword = 'opt_out' | 'opt_in' | 'help';

const WORDS: Readonly<Record<ConsentKeyword, readonly string[]>> = {
  opt_out: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  opt_in: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
};

const MEANING: ReadonlyMap<string, ConsentKeyword> = new Map(
  (Object.keys(WORDS) as ConsentKeyword[]).flatMap((keyword) =>
    WORDS[keyword].map((word) => [word, keyword] as const),
  ),
);

const OF_PROVIDER = { STOP: 'opt_out', START: 'opt_in', HELP: 'help' } as const;

/**
 * What a message means for consent: one reserved word alone, in any case, whatever white space and punctuation stands
 * around it ("Stop." is meant as STOP). A provider that acted on a word itself knows best.
 * Words: https://help.twilio.com/articles/223134027
 */
export function consentKeyword({
  body,
  optOutType,
}: {
  readonly body: string;
  readonly optOutType: 'STOP' | 'START' | 'HELP' | null;
}): ConsentKeyword | null {
  if (optOutType !== null) return OF_PROVIDER[optOutType];
  const word = body.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  // No upper case of another alphabet becomes one of the words: only ASCII letters are compared.
  return /^[A-Za-z]+$/.test(word) ? (MEANING.get(word.toUpperCase()) ?? null) : null;
}

/** The standard words, by what they do. */
export { WORDS as STANDARD_WORDS };
