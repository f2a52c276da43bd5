import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { checkVersion } from '../../../../common/http';
import { InvitationsRepository } from '../../db/invitations.repository';
import { InvitationClosed, InvitationNotFound } from '../../domain/invitation-errors';
import { checkInvitedRole } from '../../domain/member-rules';
import { MemberChanges } from '../membership/member-changes';

/** Takes an invitation back: its token opens nothing any more. */
@Injectable()
export class RevokeInvitation {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly members: MemberChanges,
  ) {}

  /** Throws {@link InvitationNotFound}, {@link InvitationClosed}, `OwnersOnly` and `StaleVersion`. Revoking twice is no error. */
  async execute(scope: OrgScope, id: Uuid, ifMatch: number | undefined): Promise<void> {
    const authority = await this.members.authorityOf(scope);
    const invitation = await this.invitations.lock(id);
    if (!invitation) throw new InvitationNotFound();
    checkInvitedRole(authority, invitation.role);
    checkVersion(invitation.version, ifMatch);
    if (invitation.state === 'accepted') throw new InvitationClosed();
    if (invitation.state !== 'revoked') await this.invitations.revoke(id);
  }
}
