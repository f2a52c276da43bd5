import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { InvitationsRepository } from '../../db/invitations.repository';
import { MembershipsRepository } from '../../db/memberships.repository';
import { PlatformRepository } from '../../db/platform.repository';
import { normaliseEmail } from '../../domain/email';
import { OrganizationHasOwner } from '../../domain/organization-errors';
import { InvitationMails } from '../invitations/invitation-mails';

/**
 * Invitations of the operator to own an organization: nobody is made an owner without their consent, and the operator
 * brings nobody into an organization that has one.
 */
@Injectable()
export class OwnerInvitations {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly invitations: InvitationsRepository,
    private readonly platform: PlatformRepository,
    private readonly mails: InvitationMails,
  ) {}

  /**
   * To the organization at hand. Earlier invitations to own it are revoked: the one that went to a wrong address must not
   * make a stranger the owner. Throws {@link OrganizationHasOwner}, `AlreadyInvited` and `TooManyInvitations`.
   */
  async send(wanted: string, invitedBy: Uuid | null): Promise<void> {
    await this.memberships.lock();
    if ((await this.platform.roles()).owner > 0) throw new OrganizationHasOwner();
    const email = normaliseEmail(wanted);
    await this.mails.demandRoom(email);
    await this.invitations.revokeOwners();
    await this.mails.send(
      await this.invitations.insert({ email, role: 'owner', invitedBy, expiresAt: this.mails.expiry() }),
    );
  }
}
