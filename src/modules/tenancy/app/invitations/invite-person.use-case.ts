import { Injectable } from '@nestjs/common';
import type { OrgScope } from '../../../../common/context';
import { InvitationsRepository, type InvitationRow } from '../../db/invitations.repository';
import { normaliseEmail } from '../../domain/email';
import { AlreadyMember } from '../../domain/errors';
import { checkInvitedRole } from '../../domain/member-rules';
import type { Role } from '../../domain/roles';
import { MemberChanges } from '../membership/member-changes';
import { InvitationMails } from './invitation-mails';

/** Invites a person to the organization at hand; a job makes the token and mails it. */
@Injectable()
export class InvitePerson {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly members: MemberChanges,
    private readonly mails: InvitationMails,
  ) {}

  /** Throws `AlreadyMember`, `AlreadyInvited`, `OwnersOnly` and `TooManyInvitations`. */
  async execute(scope: OrgScope, wanted: string, role: Role): Promise<InvitationRow> {
    checkInvitedRole(await this.members.authorityOf(scope), role);
    const email = normaliseEmail(wanted);
    if (await this.invitations.isMember(email)) throw new AlreadyMember();
    await this.mails.demandRoom(email);
    const invitation = await this.invitations.insert({
      email,
      role,
      invitedBy: scope.actor.type === 'user' ? scope.actor.id : null,
      expiresAt: this.mails.expiry(),
    });
    await this.mails.send(invitation);
    return invitation;
  }
}
