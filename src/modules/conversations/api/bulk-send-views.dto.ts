import { ApiProperty } from '@nestjs/swagger';
import { ContactSegmentDto, type ContactSegment } from '../../contacts';
import { RECIPIENT_OUTCOMES, type RecipientOutcome } from '../domain/bulk-figures';
import {
  BULK_SEND_PROBLEMS,
  BULK_SEND_STATUSES,
  SKIP_REASONS,
  type BulkSendProblem,
  type BulkSendStatus,
  type SkipCounts,
  type SkipReason,
} from '../domain/bulk-send';
import type { BulkVariable } from '../domain/bulk-variables';
import { BulkVariableDto } from './bulk-sends.dto';

const SKIPPED = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  description: `How many get no message, by reason: ${SKIP_REASONS.map((reason) => `\`${reason}\``).join(', ')}. The first reason counts; one without anybody is left out.`,
  example: { no_consent: 12, opted_out: 3 },
} as const;

/** What one of them would read. */
export class BulkSampleDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  contactId!: string;
  /** Null where only the provider has the text of the template. @example "Dear Ada, we are closed the week after Easter." */
  text!: string | null;
}

/** What a bulk send would do if it were started now. */
export class BulkPreviewDto {
  /** Contacts of the segment. @example 1000 */
  @ApiProperty({ type: 'integer' })
  total!: number;
  /** Who of them gets a message. @example 985 */
  @ApiProperty({ type: 'integer' })
  sendable!: number;
  @ApiProperty(SKIPPED)
  skipped!: SkipCounts;
  /** Up to five of those who get it. */
  @ApiProperty({ type: [BulkSampleDto] })
  sample!: readonly BulkSampleDto[];
  /** How long it takes at the pace of the connection, or its own; without what quiet hours hold back. @example 13 */
  @ApiProperty({ type: 'integer' })
  estimatedSeconds!: number;
  /** False where the template is not approved, or switched off, or the connection is not active. @example true */
  canStart!: boolean;
}

/** A bulk send as lists show it. */
export class BulkSendItemDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b8" */
  id!: string;
  /** @example "Easter offer" */
  name!: string;
  @ApiProperty({ enum: BULK_SEND_STATUSES, example: 'running' })
  status!: BulkSendStatus;
  @ApiProperty({
    enum: [...BULK_SEND_PROBLEMS, null],
    nullable: true,
    description: 'Why it was paused, or failed, without anybody asking for it; null otherwise.',
    example: null,
  })
  problem!: BulkSendProblem | null;
  /** Null when the connection was removed since. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  connectionId!: string | null;
  /** Null when the template was deleted since. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d2" */
  templateId!: string | null;
  @ApiProperty({ type: [BulkVariableDto] })
  variables!: readonly BulkVariable[];
  @ApiProperty({ type: ContactSegmentDto, example: { tag: ['vip'] } })
  segment!: ContactSegment;
  @ApiProperty({ type: 'integer', nullable: true, example: 600 })
  perMinute!: number | null;
  /** @example "2026-01-05T09:00:00.000Z" */
  sendAt!: Date | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Contacts of the segment; null before it began.',
    example: 1000,
  })
  total!: number | null;
  /** @example "2026-01-05T09:00:00.000Z" */
  startedAt!: Date | null;
  /** @example "2026-01-05T09:10:00.000Z" */
  finishedAt!: Date | null;
  /** @example "2026-01-05T08:00:00.000Z" */
  createdAt!: Date;
  /** @example "2026-01-05T09:10:00.000Z" */
  updatedAt!: Date;
  /** One more with every change; stands in the `ETag`. @example 1 */
  version!: number;
}

/** How far a bulk send has come. At its end the numbers add up to the contacts of the segment. */
export class BulkFiguresDto {
  /** Nobody looked at these so far. @example 0 */
  @ApiProperty({ type: 'integer' })
  ahead!: number;
  @ApiProperty(SKIPPED)
  skipped!: SkipCounts;
  /** Waits for its turn. @example 0 */
  @ApiProperty({ type: 'integer' })
  queued!: number;
  /** Waits for the end of quiet hours, or for the bulk send to go on. @example 0 */
  @ApiProperty({ type: 'integer' })
  held!: number;
  /** Is being handed over, or was and the answer was lost. @example 0 */
  @ApiProperty({ type: 'integer' })
  sending!: number;
  /** Accepted by the provider, and not known to have arrived. @example 5 */
  @ApiProperty({ type: 'integer' })
  sent!: number;
  /** Arrived, or was read. @example 970 */
  @ApiProperty({ type: 'integer' })
  delivered!: number;
  /** @example 10 */
  @ApiProperty({ type: 'integer' })
  failed!: number;
  /** Never sent: the bulk send was cancelled. @example 0 */
  @ApiProperty({ type: 'integer' })
  canceled!: number;
}

/** A bulk send by itself. */
export class BulkSendDto extends BulkSendItemDto {
  @ApiProperty({ type: BulkFiguresDto })
  figures!: BulkFiguresDto;
}

/** What became of one contact. */
export class BulkRecipientDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e9" */
  id!: string;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  contactId!: string;
  @ApiProperty({
    enum: RECIPIENT_OUTCOMES,
    example: 'delivered',
    description: 'How far the message came; `skipped` without one, `forgotten` once it is not kept any more.',
  })
  outcome!: RecipientOutcome;
  @ApiProperty({ enum: [...SKIP_REASONS, null], nullable: true, example: null })
  skippedBecause!: SkipReason | null;
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0e1" */
  messageId!: string | null;
  /** Why it failed, as the message says it. @example "opted_out" */
  @ApiProperty({ type: String, nullable: true })
  errorCode!: string | null;
  /** When it was looked at. @example "2026-01-05T09:00:01.000Z" */
  createdAt!: Date;
}
