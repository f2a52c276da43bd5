import { IsOptional, IsUUID } from 'class-validator';
import { IsInstant } from '../../../../common/http';

/** Which period to count. */
export class WebhookHealthQueryDto {
  /** Received at this time or later; a day before `to` unless said otherwise, 31 days at most. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @IsInstant()
  from?: Date;

  /** Received before this time; now unless said otherwise. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @IsInstant()
  to?: Date;
}

/** Which period, and of whom. */
export class PlatformWebhookHealthQueryDto extends WebhookHealthQueryDto {
  /** Of this organization alone. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @IsOptional()
  @IsUUID()
  organizationId?: string;
}

/** How deliveries fared. Each is one of `waiting`, `processed`, `failed`, `refused`, `duplicates`. */
export class WebhookHealthFiguresDto {
  /** All that came. @example 1200 */
  total!: number;
  /** With a signature that was right. @example 1190 */
  verified!: number;
  /** Taken in without one, by a connection that observes. @example 0 */
  observed!: number;
  /** Still to be worked off. @example 1 */
  waiting!: number;
  /** Worked off. @example 1180 */
  processed!: number;
  /** Taken in, and not worked off: the last attempt failed. @example 0 */
  failed!: number;
  /** Not taken in. @example 10 */
  refused!: number;
  /** Had been taken in before. @example 9 */
  duplicates!: number;
  /** How long it took to work one off, in the mean. @example 18.4 */
  meanDurationMs!: number | null;
  /** Of 100, 95 took no longer. @example 41 */
  p95DurationMs!: number | null;
}

/** The same of one source and type. */
export class WebhookFiguresOfTypeDto extends WebhookHealthFiguresDto {
  /** Provider and channel. @example "twilio_whatsapp" */
  source!: string;
  /** What the deliveries are about. @example "message_inbound" */
  type!: string;
}

/** How deliveries fared over a period. */
export class WebhookHealthDto {
  /** @example "2026-01-05T00:00:00.000Z" */
  from!: Date;
  /** @example "2026-01-06T00:00:00.000Z" */
  to!: Date;
  /** All together. */
  overall!: WebhookHealthFiguresDto;
  /** Those that came. */
  bySourceAndType!: WebhookFiguresOfTypeDto[];
}
