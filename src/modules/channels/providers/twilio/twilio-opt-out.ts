import { STANDARD_WORDS } from '../../domain/consent-keywords';
import type { InboundMessage } from '../../domain/provider';

const TYPES = [
  ['STOP', STANDARD_WORDS.opt_out],
  ['START', STANDARD_WORDS.opt_in],
  ['HELP', STANDARD_WORDS.help],
] as const;

/**
 * What Twilio did on its own with an SMS: it blocks and unblocks a person by the standard words and answers them, and says so in
 * `OptOutType` only where Advanced Opt-Out is switched on. The words alone count, in any case; "Stop." is none to Twilio.
 * https://help.twilio.com/articles/223134027
 */
export function defaultOptOutType(body: string): InboundMessage['optOutType'] {
  const word = body.trim();
  // No upper case of another alphabet becomes one of the words.
  if (!/^[A-Za-z]+$/.test(word)) return null;
  return TYPES.find(([, words]) => words.includes(word.toUpperCase()))?.[0] ?? null;
}
