import { Invalid } from '../../../common/errors';
import type { Invitation } from './reserved-words';

const EFFECT = {
  opt_out: 'unsubscribe whoever follows it',
  opt_in: 'be taken for consent to messages',
} as const;
const ALLOWED = {
  opt_out: 'may only be named as what ends messages, as in “Reply STOP to unsubscribe”',
  opt_in: 'may only be named as what begins messages, as in “Reply START to receive messages again”',
} as const;

/** What is wrong with a text that asks for a reserved word, and what to write instead. */
export function reservedWordAdvice({ word, action, excerpt }: Invitation): string {
  return `“${excerpt}” asks for ${word}, which ${ALLOWED[action]}. Ask for another word or a figure instead, as in “Reply C to confirm” or “Reply 1 to confirm, 2 to cancel”`;
}

/** A text that is to be sent invites the customer to answer with a word that changes their consent. */
export class ReservedWordInvited extends Invalid {
  readonly code = 'reserved_word_invited';
  constructor(field: string, found: Invitation) {
    super(`The answer ${found.word}, which this text asks for, would ${EFFECT[found.action]}.`, {
      fields: [{ field, code: 'reserved_word', message: reservedWordAdvice(found) }],
    });
  }
}
