import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { IsInstant, PageQueryDto } from '../../../../common/http';
import { WEBHOOK_VERDICTS, type WebhookVerdict } from '../../domain/webhook-errors';
import { WEBHOOK_OUTCOMES, type WebhookOutcome } from '../../domain/webhook-outcome';
import { WEBHOOK_SOURCES, WEBHOOK_TYPES, type WebhookType } from '../../domain/webhook-source';

/** As a query writes it; anything else is left for the check to refuse. */
const asBoolean = ({ obj, key }: { obj: Record<string, unknown>; key: string }): unknown => {
  const given = obj[key];
  return given === 'true' ? true : given === 'false' ? false : given;
};

/** Which deliveries are meant. Filters add up. */
export class WebhookLogQueryDto extends PageQueryDto {
  /** Provider and channel. @example "twilio_whatsapp" */
  @IsOptional()
  @IsIn(WEBHOOK_SOURCES)
  @ApiProperty({ enum: WEBHOOK_SOURCES })
  source?: string;

  /** What it is about. @example "message_inbound" */
  @IsOptional()
  @IsIn(WEBHOOK_TYPES)
  @ApiProperty({ enum: WEBHOOK_TYPES })
  type?: WebhookType;

  /** The provider's id of the message or call, exactly. @example "SM0123456789abcdef0123456789abcdef" */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  externalId?: string;

  /** Id of the connection. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  /** How far the work is. @example "failed" */
  @IsOptional()
  @IsIn(['pending', 'processed', 'failed'])
  status?: 'pending' | 'processed' | 'failed';

  /** Whether the signature was right. @example true */
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  verified?: boolean;

  /** What there was against it. @example "webhook_signature_invalid" */
  @IsOptional()
  @IsIn(WEBHOOK_VERDICTS)
  @ApiProperty({ enum: WEBHOOK_VERDICTS })
  verdict?: WebhookVerdict;

  /** What the provider was answered. @example 403 */
  @ApiProperty({ type: 'integer', required: false })
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(100)
  @Max(599)
  responseStatus?: number;

  /** Whether it was replayed. @example true */
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean()
  replayed?: boolean;

  /** Received at this time or later. @example "2026-01-05T00:00:00.000Z" */
  @IsOptional()
  @IsInstant()
  from?: Date;

  /** Received before this time. @example "2026-01-06T00:00:00.000Z" */
  @IsOptional()
  @IsInstant()
  to?: Date;
}

/** What became of a delivery. */
export class WebhookOutlineDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** The connection that it was delivered to; null where none was found, and of old entries. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0c1" */
  connectionId!: string | null;
  /** Provider and channel. @example "twilio_whatsapp" */
  source!: string;
  /** What it is about. @example "message_inbound" */
  type!: string;
  /** The provider's id of the message or call. @example "SM0123456789abcdef0123456789abcdef" */
  externalId!: string | null;
  /** @example "POST" */
  method!: string;
  /** False for a forgery, or a wrong auth token. @example true */
  signatureVerified!: boolean;
  /** What there was against it; null when the signature was right. @example "webhook_signature_invalid" */
  @ApiProperty({ enum: WEBHOOK_VERDICTS, nullable: true })
  verdict!: WebhookVerdict | null;
  /** What became of it: `refused` was not taken in, `duplicate` had been taken in before. @example "processed" */
  @ApiProperty({ enum: WEBHOOK_OUTCOMES })
  outcome!: WebhookOutcome;
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
  /** How long it took to work it off. @example 20 */
  processingDurationMs!: number | null;
  /** How often it was replayed. @example 0 */
  replayCount!: number;
  /** When it was replayed last. @example "2026-01-06T09:00:00.000Z" */
  replayedAt!: Date | null;
}

/** One delivery of a provider. */
export class WebhookLogDto extends WebhookOutlineDto {
  /** The user or the API key that replayed it last. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  replayedBy!: string | null;
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
