import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';
import type { WebhookRef } from './webhook-events';

/**
 * The provider told something of a call: that it comes in, how it goes on, or that its recording is ready. Who calls is known
 * by now; what was told is read through `Channels`.
 */
export class CallReported extends DomainEvent<
  WebhookRef & {
    readonly orgId: Uuid;
    readonly connectionId: Uuid;
    /** Of a call that comes in from a number that is shown. */
    readonly contactId: Uuid | null;
  }
> {
  static readonly eventName = 'channels.call-reported';
}
