import { Transform } from 'class-transformer';
import { IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { PASSWORD_LENGTH } from '../domain/password';
import type { Role } from '../domain/roles';

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseEmail(value) : value;

/** Who signs in. */
export class SignInDto {
  /** The user's address; case and blanks around it do not matter. @example "owner@demo.example" */
  @Transform(normalised)
  @IsEmailAddress()
  @MaxLength(254)
  email!: string;

  /** The user's password. @example "correct horse battery staple" */
  @IsString()
  @Length(1, PASSWORD_LENGTH.max)
  password!: string;

  /** The organization to sign in to; without it, the one joined first. @example "demo" */
  @IsOptional()
  @IsString()
  @MaxLength(63)
  organizationSlug?: string;
}

/** The token that prolongs a session. */
export class RefreshDto {
  /** As given by the sign-in or by the last refresh; works once. @example "q0Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqYtMw" */
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'refreshToken must be one that was given out' })
  refreshToken!: string;
}

/** Where to go on. */
export class SwitchOrganizationDto {
  /** An organization that the user belongs to. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  @IsUUID()
  organizationId!: string;
}

/** An organization, in short. */
export class OrganizationSummaryDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** Its name. @example "Demo Clinic" */
  name!: string;
  /** Its name in addresses. @example "demo" */
  slug!: string;
}

/** A user, as they see themselves. */
export class UserDto {
  /** Their id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  id!: string;
  /** Their address. @example "owner@demo.example" */
  email!: string;
  /** @example "Dana" */
  firstName!: string;
  /** @example "Demo" */
  lastName!: string;
}

/** A new access token for the organization switched to. */
export class SwitchedOrganizationDto {
  /** To be sent as `Authorization: Bearer …`. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln" */
  accessToken!: string;
  /** Seconds until the access token expires. @example 900 */
  expiresIn!: number;
  /** Where the token leads. */
  organization!: OrganizationSummaryDto;
  /** What the user is there. @example "owner" */
  role!: Role;
}

/** A session that has begun. */
export class SignedInDto extends SwitchedOrganizationDto {
  /** To be exchanged for the next access token; works once. @example "q0Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqYtMw" */
  refreshToken!: string;
  /** Who signed in. */
  user!: UserDto;
}

/** A session that goes on. */
export class RefreshedDto {
  /** To be sent as `Authorization: Bearer …`. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln" */
  accessToken!: string;
  /** Seconds until the access token expires. @example 900 */
  expiresIn!: number;
  /** Replaces the one that was given. @example "Zk2vJ8mE5yB1nT7xW3rL9cD4hU6sAfG_pIoKqYtMwq0" */
  refreshToken!: string;
}
