import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { checkVersion } from '../../../../common/http';
import { InvitationsRepository } from '../../db/invitations.repository';
import { InvitationClosed, InvitationNotFound } from '../../domain/invitation-errors';

/** Takes an invitation back: its token opens nothing any more. */
@Injectable()
export class RevokeInvitation {
  constructor(private readonly invitations: InvitationsRepository) {}

  /** Throws {@link InvitationNotFound}, {@link InvitationClosed} and `StaleVersion`. Revoking twice is no error. */
  async execute(id: Uuid, ifMatch: number | undefined): Promise<void> {
    const invitation = await this.invitations.lock(id);
    if (!invitation) throw new InvitationNotFound();
    checkVersion(invitation.version, ifMatch);
    if (invitation.state === 'accepted') throw new InvitationClosed();
    if (invitation.state !== 'revoked') await this.invitations.revoke(id);
  }
}
