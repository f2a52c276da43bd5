import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { IsEmailAddress, PageQueryDto } from '../../../common/http';
import { normaliseEmail } from '../domain/email';
import { INVITATION_STATES, type InvitationState } from '../domain/invitation';
import { ROLES, type Role } from '../domain/roles';
import { TokenHolderDto } from './token-holder.dto';

const normalised = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? normaliseEmail(value) : value;

/** Who is to become what. */
export class InviteDto {
  /** Whose mailbox gets the token. @example "new.colleague@example.com" */
  @Transform(normalised)
  @IsEmailAddress()
  @MaxLength(254)
  email!: string;

  /** What they will be. Only an owner invites owners. */
  @ApiProperty({ enum: ROLES, example: 'agent' })
  @IsIn(ROLES)
  role!: Role;
}

/** Which invitations to list. */
export class InvitationsQueryDto extends PageQueryDto {
  /** `open`, `accepted`, `revoked` or `expired`; without it, all. */
  @ApiProperty({ enum: INVITATION_STATES, required: false, example: 'open' })
  @IsOptional()
  @IsIn(INVITATION_STATES)
  status?: InvitationState;
}

/** An invitation; its token is in the mail alone. */
export class InvitationDto {
  /** Its id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b5" */
  id!: string;
  /** Who is invited. @example "new.colleague@example.com" */
  email!: string;
  /** What they will be. */
  @ApiProperty({ enum: ROLES, example: 'agent' })
  role!: Role;
  /** What can be done with it: an open one can be accepted. */
  @ApiProperty({ enum: INVITATION_STATES, example: 'open' })
  state!: InvitationState;
  /** The user who invited; null for an API key. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b2" */
  invitedBy!: string | null;
  /** Of the mail: `waiting`, `sent`, or `refused` for good by the server of the address. @example "sent" */
  @ApiProperty({ enum: ['waiting', 'sent', 'refused'] })
  mailState!: string;
  /** When the last mail went out. @example "2026-01-05T10:00:01.000Z" */
  mailedAt!: Date | null;
  /** @example "2026-01-12T10:00:00.000Z" */
  expiresAt!: Date;
  /** When it was accepted; null before. @example "2026-01-06T09:00:00.000Z" */
  acceptedAt!: Date | null;
  /** @example "2026-01-05T10:00:00.000Z" */
  createdAt!: Date;
  /** Counts changes; it stands in the `ETag` of an answer with this invitation alone. @example 2 */
  version!: number;
}

/** The token of an invitation. */
export class InvitationTokenDto {
  /** As it stands in the mail. @example "fdi_AZmhsnw9fk-KW2x9jp-gtQGZobJ8PX5PilucfY6foLX1mR0d2K0m3oG5q7s9u1w3y5A7C9E1G3I5K7M9O1Q3S5" */
  @IsString()
  @Length(1, 200)
  @Matches(/^[\w-]+$/, { message: 'token must be one that was mailed' })
  token!: string;
}

/** Who accepts. */
export class AcceptInvitationDto extends IntersectionType(InvitationTokenDto, TokenHolderDto) {}

/** What a token opens. */
export class InvitationPreviewDto {
  /** Where it leads. @example "Demo Clinic" */
  organizationName!: string;
  /** Who is invited. @example "new.colleague@example.com" */
  email!: string;
  /** What they will be. */
  @ApiProperty({ enum: ROLES, example: 'agent' })
  role!: Role;
  /** True: accepting takes their password. False: names and a new password. @example false */
  isUser!: boolean;
}
