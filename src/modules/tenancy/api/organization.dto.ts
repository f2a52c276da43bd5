import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { OrganizationSummaryDto } from './auth.dto';
import { Omittable } from './omittable';

/** The organization of the caller. */
export class OrganizationDto extends OrganizationSummaryDto {
  /** IANA time zone. @example "Europe/Berlin" */
  timezone!: string;
  /** National phone numbers are read as of this country, ISO 3166-1 alpha-2. @example "DE" */
  defaultCountry!: string;
  /** BCP 47. @example "en" */
  locale!: string;
  /** From then on nobody is sent marketing, in their own time zone. @example "21:00" */
  quietHoursStart!: string;
  /** Until then. @example "08:00" */
  quietHoursEnd!: string;
  /** How many days the audit trail is kept. @example 90 */
  auditRetentionDays!: number;
  /** How many days deliveries of providers are kept. @example 30 */
  webhookRetentionDays!: number;
  /** How many days messages are kept; null for as long as the organization is there. @example null */
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  messageRetentionDays!: number | null;
  /** `active` or `suspended`. @example "active" */
  @ApiProperty({ enum: ['active', 'suspended'], example: 'active' })
  status!: 'active' | 'suspended';
  /** One more with every change; stands in the answer's `ETag`. @example 3 */
  version!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}

/** What is to be changed; the rest stays. */
export class ChangeOrganizationDto {
  /** 1 to 200 characters. @example "Sunrise Clinic" */
  @Omittable()
  @IsString()
  name?: string;
  /** Its name in addresses: up to 63 lower-case letters, digits and inner hyphens; unique in the installation. @example "sunrise" */
  @Omittable()
  @IsString()
  slug?: string;
  /** IANA time zone. @example "Europe/Berlin" */
  @Omittable()
  @IsString()
  timezone?: string;
  /** ISO 3166-1 alpha-2. @example "DE" */
  @Omittable()
  @IsString()
  defaultCountry?: string;
  /** BCP 47. @example "de-AT" */
  @Omittable()
  @IsString()
  locale?: string;
  /** `HH:MM`, 21:00 at the latest. @example "20:00" */
  @Omittable()
  @IsString()
  quietHoursStart?: string;
  /** `HH:MM`, 08:00 at the earliest. @example "09:00" */
  @Omittable()
  @IsString()
  quietHoursEnd?: string;
  /** 30 to 3650. @example 90 */
  @ApiProperty({ type: 'integer', required: false })
  @Omittable()
  @IsInt()
  auditRetentionDays?: number;
  /** 1 to 365. @example 30 */
  @ApiProperty({ type: 'integer', required: false })
  @Omittable()
  @IsInt()
  webhookRetentionDays?: number;
  /** 30 to 3650; null keeps messages as long as the organization is there. @example 730 */
  @ApiProperty({ type: 'integer', required: false, nullable: true })
  @IsOptional()
  @IsInt()
  messageRetentionDays?: number | null;
}
