import type { ConversationRow } from '../db/conversations.repository';
import type { NewOutgoing } from '../db/messages.repository';

/** What is to be said in a thread, and on whose behalf. */
export interface MessageDraft extends Pick<
  NewOutgoing,
  'content' | 'purpose' | 'consentPurpose' | 'author' | 'inReplyTo' | 'cause'
> {
  /** Locked. */
  readonly conversation: ConversationRow;
  /** When it is to be sent; null: as soon as it is its turn. */
  readonly sendAt: Date | null;
}
