import type { Uuid } from '../../../common/context';

/** How a provider told: in a callback, in its answer to a send, or in its list when it was asked. */
export const STATUS_EVENT_SOURCES = ['callback', 'answer', 'look_up'] as const;
export type StatusEventSource = (typeof STATUS_EVENT_SOURCES)[number];

/** What a provider said about a message, as it said it. */
export interface StatusEvent {
  readonly messageId: Uuid;
  readonly providerMessageId: string;
  /** The provider's word, such as `accepted`; what it comes to is the status of the message. */
  readonly status: string;
  readonly errorCode: string | null;
  readonly source: StatusEventSource;
  readonly occurredAt: Date;
}
