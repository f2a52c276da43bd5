import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { IsEmailAddress, PageQueryDto, trimmed } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { ACCESS_MINUTES, ACCESS_REASON } from '../domain/operator-access';
import { OrganizationSummaryDto } from './auth.dto';
import { NewOrganizationDto } from './sign-up.dto';

const STATUSES = ['active', 'suspended'] as const;
type Status = (typeof STATUSES)[number];

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseEmail(value) : value;
/** How far back to count. */
export class DaysQueryDto {
  /** Days that the figures cover, today included, 1 to 31. @example 7 */
  @ApiProperty({ type: 'integer', required: false })
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(31)
  days = 7;
}

/** Which organizations to list, and how far back to count. */
export class OrganizationsQueryDto extends PageQueryDto {
  /** Only these. @example "suspended" */
  @ApiProperty({ enum: STATUSES, required: false })
  @IsOptional()
  @IsIn(STATUSES)
  status?: Status;
  /** A part of the name or the slug, in any case. @example "sunrise" */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  search?: string;
  /** Days that the figures cover, today included, 1 to 31. @example 7 */
  @ApiProperty({ type: 'integer', required: false })
  @Type(() => Number)
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(31)
  days = 7;
}

/** Numbers that are connected. */
export class ConnectionFiguresDto {
  /** Switched on. @example 1 */
  active!: number;
  /** @example 2 */
  total!: number;
}

/** Messages by what has become of them; each is counted once. */
export class MessageCountsDto {
  /** Written by customers. @example 120 */
  received!: number;
  /** Not handed over yet, or nobody knows. @example 0 */
  waiting!: number;
  /** Taken by the provider, and not known to have arrived. @example 3 */
  sent!: number;
  /** Arrived, or read. @example 95 */
  delivered!: number;
  /** @example 2 */
  failed!: number;
}

/** The messages that began on one day. */
export class MessageDayDto extends MessageCountsDto {
  /** In UTC. @example "2026-01-05" */
  day!: string;
}

/** Messages of all days, and of each that has any. */
export class MessageFiguresDto extends MessageCountsDto {
  @ApiProperty({ type: [MessageDayDto] })
  days!: readonly MessageDayDto[];
}

/** Deliveries of providers; each is counted once. */
export class WebhookFiguresDto {
  /** Not worked off yet. @example 0 */
  waiting!: number;
  /** Worked off. @example 210 */
  processed!: number;
  /** Could not be worked off. @example 1 */
  failed!: number;
  /** Not what the provider signed. @example 4 */
  refused!: number;
  /** Of those that were worked off, how many succeeded, 0 to 1; null where there were none. @example 0.995 */
  @ApiProperty({ type: 'number', nullable: true, example: 0.995 })
  successRate!: number | null;
}

/** Work in the queue. */
export class JobFiguresDto {
  /** Due, and not begun. @example 0 */
  waiting!: number;
  /** Failed for the last time. @example 0 */
  dead!: number;
  /** Seconds for which the one that waits longest has been due. @example 0.2 */
  lagSeconds!: number;
}

/** How an organization does, and how much it uses. Messages and deliveries are counted every quarter of an hour. */
export class UsageDto {
  connections!: ConnectionFiguresDto;
  messages!: MessageFiguresDto;
  webhooks!: WebhookFiguresDto;
  jobs!: JobFiguresDto;
}

/** Since when an organization is suspended, and why. */
export class SuspensionDto {
  /** @example "2026-01-05T10:00:00.000Z" */
  at!: Date;
  /** As it was stated. @example "Invoices of three months are unpaid." */
  reason!: string | null;
}

/** An organization, as whoever operates the installation sees it. Nobody in it is named. */
export class OrganizationOverviewDto extends OrganizationSummaryDto {
  @ApiProperty({ enum: STATUSES, example: 'active' })
  status!: Status;
  /** True for the one that operates the installation. @example false */
  isPlatformOwner!: boolean;
  /** How many people belong to it. @example 4 */
  members!: number;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  @ApiProperty({ type: SuspensionDto, nullable: true, example: null })
  suspension!: SuspensionDto | null;
  usage!: UsageDto;
}

/** How many members have which role. */
export class RoleCountsDto {
  /** @example 1 */
  owner!: number;
  /** @example 0 */
  admin!: number;
  /** @example 2 */
  agent!: number;
  /** @example 1 */
  viewer!: number;
}

/** What an organization has set. */
export class OverviewSettingsDto {
  /** IANA time zone. @example "Europe/Berlin" */
  timezone!: string;
  /** ISO 3166-1 alpha-2. @example "DE" */
  defaultCountry!: string;
  /** BCP 47. @example "en" */
  locale!: string;
  /** @example "21:00" */
  quietHoursStart!: string;
  /** @example "08:00" */
  quietHoursEnd!: string;
  /** @example 90 */
  auditRetentionDays!: number;
  /** @example 30 */
  webhookRetentionDays!: number;
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  messageRetentionDays!: number | null;
}

/** The same in full. */
export class OrganizationOverviewDetailsDto extends OrganizationOverviewDto {
  roles!: RoleCountsDto;
  settings!: OverviewSettingsDto;
}

/** An organization, and whom it is for. */
export class CreateOrganizationForOwnerDto extends NewOrganizationDto {
  /** Who is invited to own it. @example "owner@sunrise.example" */
  @Transform(normalised)
  @IsEmailAddress()
  @MaxLength(254)
  ownerEmail!: string;
}

/** Who is invited to own an organization. */
export class InviteOwnerDto {
  /** @example "owner@sunrise.example" */
  @Transform(normalised)
  @IsEmailAddress()
  @MaxLength(254)
  ownerEmail!: string;
}

/** Why an organization is suspended. */
export class SuspendDto {
  /** Its members read it once it goes on, 1 to 500 characters. @example "Invoices of three months are unpaid." */
  @Transform(trimmed)
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** Why an organization's data is opened, and for how long. */
export class OpenAccessDto {
  /** The organization reads it in its audit trail, 10 to 500 characters. @example "Support case 4711: messages do not arrive." */
  @Transform(trimmed)
  @IsString()
  @Length(ACCESS_REASON.min, ACCESS_REASON.max)
  reason!: string;
  /** 1 to 60. @example 30 */
  @ApiProperty({ type: 'integer' })
  @IsInt()
  @Min(ACCESS_MINUTES.min)
  @Max(ACCESS_MINUTES.max)
  minutes!: number;
}

/** A token that reads one organization, for a while. */
export class OpenedAccessDto {
  /** By which it is ended. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d1" */
  accessId!: string;
  /** To be sent as `Authorization: Bearer …`. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln" */
  accessToken!: string;
  /** Seconds until it expires. @example 1800 */
  expiresIn!: number;
  /** @example "2026-01-05T10:30:00.000Z" */
  expiresAt!: Date;
  /** What it reads. */
  organization!: OrganizationSummaryDto;
}
