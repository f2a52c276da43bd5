import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsDate, IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../common/http';
import { WEBHOOK_TYPES, type WebhookType } from '../domain/webhook-source';

/** Which deliveries to list. */
export class WebhookLogQueryDto extends PageQueryDto {
  /** How far the work is. @example "failed" */
  @IsOptional()
  @IsIn(['pending', 'processed', 'failed'])
  status?: 'pending' | 'processed' | 'failed';

  /** @example "message_inbound" */
  @IsOptional()
  @IsIn(WEBHOOK_TYPES)
  @ApiProperty({ enum: WEBHOOK_TYPES })
  type?: WebhookType;

  /** Whether the signature was right. @example true */
  @IsOptional()
  @Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => {
    const given = obj[key];
    return given === 'true' ? true : given === 'false' ? false : given;
  })
  @IsBoolean()
  verified?: boolean;

  /** Received at this time or later. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  /** Received before this time. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

/** One delivery of a provider. */
export class WebhookLogDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** Provider and channel. @example "twilio_whatsapp" */
  source!: string;
  /** What it is about. @example "message_inbound" */
  type!: string;
  /** The provider's id of the message. @example "SM0123456789abcdef0123456789abcdef" */
  externalId!: string | null;
  /** @example "POST" */
  method!: string;
  /** False for a forgery, or a wrong auth token. @example true */
  signatureVerified!: boolean;
  /** `pending`, `processing`, `processed` or `failed`; a refused delivery has failed. @example "processed" */
  @ApiProperty({ enum: ['pending', 'processing', 'processed', 'failed'] })
  status!: string;
  /** What the provider was answered. @example 200 */
  responseStatus!: number;
  /** `duplicate`, or why it was refused or failed. @example "duplicate" */
  error!: string | null;
  /** How often working it off failed. @example 0 */
  retryCount!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  receivedAt!: Date;
  /** @example "2026-01-05T10:00:00.010Z" */
  processingStartedAt!: Date | null;
  /** @example "2026-01-05T10:00:00.030Z" */
  processingCompletedAt!: Date | null;
  /** @example 20 */
  processingDurationMs!: number | null;
  /** @example "203.0.113.7" */
  ipAddress!: string | null;
}

/** One delivery with what was delivered. */
export class WholeWebhookLogDto extends WebhookLogDto {
  /** The address that was called. @example "https://frontdesk.example.com/api/v1/channels/whatsapp/webhook" */
  url!: string;
  /**
   * Those that are kept.
   * @example { "content-type": "application/x-www-form-urlencoded" }
   */
  headers!: Record<string, string>;
  /**
   * The fields; of a refused delivery, shortened.
   * @example { "MessageSid": "SM0123456789abcdef0123456789abcdef", "Body": "Is Friday free?" }
   */
  payload!: Record<string, unknown>;
}
