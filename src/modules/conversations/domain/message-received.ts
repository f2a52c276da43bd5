import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** A customer wrote, and it stands in a conversation. Told once for each message. */
export class MessageReceived extends DomainEvent<{
  readonly orgId: Uuid;
  readonly conversationId: Uuid;
  readonly messageId: Uuid;
  readonly contactId: Uuid;
}> {
  static readonly eventName = 'conversations.message-received';
}
