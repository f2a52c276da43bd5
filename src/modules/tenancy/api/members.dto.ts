import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ROLES, type Role } from '../domain/roles';

/** What a member is to be. */
export class ChangeMemberDto {
  /** Their new role. Only an owner makes owners, and changes them. */
  @ApiProperty({ enum: ROLES, example: 'agent' })
  @IsIn(ROLES)
  role!: Role;
}

/** A member of the organization. */
export class MemberDto {
  /** The user's id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  userId!: string;
  /** @example "dana@example.com" */
  email!: string;
  /** @example "Dana" */
  firstName!: string;
  /** @example "Demo" */
  lastName!: string;
  /** What they are here. */
  @ApiProperty({ enum: ROLES, example: 'agent' })
  role!: Role;
  /** `active`, or `disabled`: cannot sign in anywhere. @example "active" */
  @ApiProperty({ enum: ['active', 'disabled'] })
  status!: string;
  /** @example "2026-01-05T10:00:00.000Z" */
  joinedAt!: Date;
  /**
   * When they last signed in to this organization, switched to it, or came by an identity provider (to the minute); null when
   * they never did.
   * @example "2026-01-05T11:30:00.000Z"
   */
  lastSignInAt!: Date | null;
  /** Counts changes of role; the `ETag` of an answer with this member alone. @example 1 */
  version!: number;
}
