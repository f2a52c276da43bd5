import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';
import { ROLES, type Role } from '../domain/roles';
import { OrganizationSummaryDto } from './auth.dto';
import { Omittable } from './omittable';

const trimmed = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.trim() : value;

/** What you call yourself; what is left out stays. */
export class ChangeProfileDto {
  /** @example "Dana" */
  @Omittable()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  firstName?: string;

  /** @example "Demo" */
  @Omittable()
  @Transform(trimmed)
  @IsString()
  @Length(1, 100)
  lastName?: string;
}

/** An organization that you belong to. */
export class OwnOrganizationDto extends OrganizationSummaryDto {
  /** What you are there. */
  @ApiProperty({ enum: ROLES, example: 'owner' })
  role!: Role;
  /** `active` or `suspended`. @example "active" */
  status!: string;
  /** True for the one that the credential leads to. @example true */
  isCurrent!: boolean;
}
