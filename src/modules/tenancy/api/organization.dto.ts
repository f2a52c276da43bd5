import { ApiProperty } from '@nestjs/swagger';
import { PERMISSIONS, type Permission } from '../../../common/auth';
import { ROLES, type Role } from '../domain/roles';
import { OrganizationSummaryDto, UserDto } from './auth.dto';

/** The organization of the caller. */
export class OrganizationDto extends OrganizationSummaryDto {
  /** IANA time zone. @example "Europe/Berlin" */
  timezone!: string;
  /** National phone numbers are read as of this country, ISO 3166-1 alpha-2. @example "DE" */
  defaultCountry!: string;
  /** BCP 47. @example "en" */
  locale!: string;
  /** `active` or `suspended`. @example "active" */
  status!: string;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
}

/** The API key that is calling. */
export class CallingKeyDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b3" */
  id!: string;
  /** What it is for. @example "Website" */
  name!: string;
  /** Its public part. @example "k3v9q0x2m7ab" */
  prefix!: string;
}

/** Who is calling. */
export class CallerDto {
  /** The user; null when an API key is calling. */
  user!: UserDto | null;
  /** The API key; null when a user is calling. */
  apiKey!: CallingKeyDto | null;
  /** Where they are. */
  organization!: OrganizationSummaryDto;
  /** What the user is there; null for an API key. */
  @ApiProperty({ enum: ROLES, nullable: true, example: 'owner' })
  role!: Role | null;
  /** What they may do there. */
  @ApiProperty({ enum: PERMISSIONS, isArray: true, example: ['organization.read', 'self'] })
  permissions!: Permission[];
}
