import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { InvitationsRepository } from '../../db/invitations.repository';
import { PlatformRepository } from '../../db/platform.repository';
import { normaliseEmail } from '../../domain/email';
import { INVITATION_LIFETIME } from '../../domain/invitation';
import { OrganizationHasOwner } from '../../domain/organization-errors';
import { SEND_INVITATION } from '../invitations/send-invitation.job';

/**
 * Invitations of the operator to own an organization: nobody is made an owner without their consent, and the operator
 * brings nobody into an organization that has one.
 */
@Injectable()
export class OwnerInvitations {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly platform: PlatformRepository,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** To the organization at hand, which is locked. Throws {@link OrganizationHasOwner} and `AlreadyInvited`. */
  async send(email: string, invitedBy: Uuid | null): Promise<void> {
    if ((await this.platform.roles()).owner > 0) throw new OrganizationHasOwner();
    const expiresAt = new Date(this.clock.now().getTime() + INVITATION_LIFETIME);
    const wanted = { email: normaliseEmail(email), role: 'owner', invitedBy, expiresAt } as const;
    const { id } = await this.invitations.insert(wanted);
    await this.queue.enqueue(SEND_INVITATION, { invitationId: id }, { key: `invitation:${id}` });
  }
}
