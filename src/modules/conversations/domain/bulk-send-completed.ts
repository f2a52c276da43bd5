import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** Everybody that a bulk send meant was looked at, and none of its messages waits any more. Told once. */
export class BulkSendCompleted extends DomainEvent<{
  readonly orgId: Uuid;
  readonly bulkSendId: Uuid;
}> {
  static readonly eventName = 'conversations.bulk-send-completed';
}
