import { PickType } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsInstant } from '../../../../common/http';
import { WebhookLogQueryDto } from './webhook-logs.dto';

/** Which deliveries to replay: a period, and of it what fits the filters of the list. */
export class ReplayWebhooksDto extends PickType(WebhookLogQueryDto, [
  'source',
  'type',
  'externalId',
  'connectionId',
  'status',
] as const) {
  /** Received at this time or later. @example "2026-01-05T00:00:00.000Z" */
  @IsInstant()
  from!: Date;

  /** Received before this time. @example "2026-01-06T00:00:00.000Z" */
  @IsInstant()
  to!: Date;

  /** `next` of the answer before, with the same period and filters. @example "WyIyMDI2LTAxLTA1VDEwOjAwOjAwWiIsIjAxOTkiXQ.c2lnbmF0dXJl" */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;
}

/** What is replayed. */
export class ReplayResultDto {
  /** Deliveries that are worked off again; 1,000 at most. @example 998 */
  replayed!: number;
  /** Deliveries that are not: they were refused, or the person in them was erased. @example 2 */
  skipped!: number;
  /** Pass it as `cursor` to go on; null when that was all. @example "WyIyMDI2LTAxLTA1VDEwOjAwOjAwWiIsIjAxOTkiXQ.c2lnbmF0dXJl" */
  next!: string | null;
}
