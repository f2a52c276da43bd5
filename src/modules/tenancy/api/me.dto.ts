import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { IsOneLine, trimmed } from '../../../common/http';
import { PERMISSIONS, type Permission } from '../../../common/auth';
import { ROLES, type Role } from '../domain/roles';
import { OrganizationSummaryDto, UserDto } from './auth.dto';
import { Omittable } from './omittable';

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

/** What you call yourself; what is left out stays. */
export class ChangeProfileDto {
  /** @example "Dana" */
  @Omittable()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  firstName?: string;

  /** @example "Demo" */
  @Omittable()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  @IsOneLine()
  lastName?: string;
}

/** An organization that you belong to. */
export class OwnOrganizationDto extends OrganizationSummaryDto {
  /** What you are there. */
  @ApiProperty({ enum: ROLES, example: 'owner' })
  role!: Role;
  /** `active` or `suspended`. @example "active" */
  @ApiProperty({ enum: ['active', 'suspended'] })
  status!: string;
  /** True for the one that the credential leads to. @example true */
  isCurrent!: boolean;
}
