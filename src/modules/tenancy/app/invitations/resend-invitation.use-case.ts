import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { InvitationsRepository, type InvitationRow } from '../../db/invitations.repository';
import { INVITATION_LIFETIME } from '../../domain/invitation';
import { InvitationClosed, InvitationNotFound, InvitedJustNow } from '../../domain/invitation-errors';
import { checkInvitedRole } from '../../domain/member-rules';
import { MemberChanges } from '../membership/member-changes';
import { SEND_INVITATION } from './send-invitation.job';

const MINUTE = 60_000;

/** Sends an invitation again, with another token and a week from now. */
@Injectable()
export class ResendInvitation {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly members: MemberChanges,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Throws {@link InvitationNotFound}, {@link InvitationClosed}, {@link InvitedJustNow} and `OwnersOnly`. */
  async execute(scope: OrgScope, id: Uuid): Promise<InvitationRow> {
    const found = await this.invitations.lock(id);
    if (!found) throw new InvitationNotFound();
    checkInvitedRole(await this.members.authorityOf(scope), found.role);
    if (found.state === 'accepted' || found.state === 'revoked') throw new InvitationClosed();
    const now = this.clock.now().getTime();
    if (found.mailedAt && now - found.mailedAt.getTime() < MINUTE) throw new InvitedJustNow();
    const renewed = await this.invitations.renew(id, new Date(now + INVITATION_LIFETIME));
    await this.queue.enqueue(SEND_INVITATION, { invitationId: id }, { key: `invitation:${id}` });
    return renewed ?? found;
  }
}
