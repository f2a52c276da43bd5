import { IsOptional, IsUUID } from 'class-validator';
import { WebhookLogQueryDto, WebhookOutlineDto } from './webhook-logs.dto';

/** Which deliveries are meant. Filters add up; `from` is a day before `to` unless said otherwise, 31 days at most. */
export class PlatformWebhookQueryDto extends WebhookLogQueryDto {
  /** Of this organization alone. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @IsOptional()
  @IsUUID()
  organizationId?: string;
}

/** One delivery, without anything of anybody. Of `externalId` the end is shown: a provider's id can hold a number. */
export class PlatformWebhookDto extends WebhookOutlineDto {
  /** Whose it is; null while that is not known. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  organizationId!: string | null;
  /** The number of the business, but for its ends. @example "+14…86" */
  number!: string | null;
}
