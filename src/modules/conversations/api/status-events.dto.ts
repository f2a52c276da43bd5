import { ApiProperty } from '@nestjs/swagger';
import { STATUS_EVENT_SOURCES, type StatusEventSource } from '../domain/status-event';

/** What the provider said about a message, once. */
export class StatusEventDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  id!: string;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e1" */
  messageId!: string;
  /** @example "SM00000000000000000000000000000001" */
  providerMessageId!: string;
  /** The provider's word: `accepted`, `queued`, `sending`, `sent`, `delivered`, `read`, `undelivered`, `failed` or `canceled`. @example "delivered" */
  status!: string;
  /** Why it did not arrive, in the words of messages; null otherwise. @example "outside_window" */
  errorCode!: string | null;
  @ApiProperty({
    enum: STATUS_EVENT_SOURCES,
    example: 'callback',
    description:
      '`answer`: to the request that sent it. `look_up`: in the list that the provider was asked for when its answer was lost.',
  })
  source!: StatusEventSource;
  /** When it reached us, for a callback as its delivery was received. @example "2026-01-05T10:00:06.000Z" */
  occurredAt!: Date;
  /** When it was worked off. @example "2026-01-05T10:00:06.120Z" */
  recordedAt!: Date;
}
