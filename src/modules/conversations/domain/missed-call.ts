import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** Somebody called, and nobody of the business spoke with them. Told once for each call. */
export class MissedCall extends DomainEvent<{
  readonly orgId: Uuid;
  readonly callId: Uuid;
  /** Null when the number that was called was removed meanwhile. */
  readonly connectionId: Uuid | null;
  /** Null of a caller who withholds the number; so is the conversation. */
  readonly contactId: Uuid | null;
  readonly conversationId: Uuid | null;
}> {
  static readonly eventName = 'conversations.missed-call';
}
