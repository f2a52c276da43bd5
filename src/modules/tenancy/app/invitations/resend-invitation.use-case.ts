import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { InvitationsRepository, type InvitationRow } from '../../db/invitations.repository';
import { InvitationClosed, InvitationNotFound, InvitedJustNow } from '../../domain/invitation-errors';
import { checkInvitedRole } from '../../domain/member-rules';
import { MemberChanges } from '../membership/member-changes';
import { InvitationMails } from './invitation-mails';

const MINUTE = 60_000;

/** Sends an invitation again, with another token and a week from now. */
@Injectable()
export class ResendInvitation {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly members: MemberChanges,
    private readonly mails: InvitationMails,
    private readonly clock: Clock,
  ) {}

  /** Throws {@link InvitationNotFound}, {@link InvitationClosed}, {@link InvitedJustNow}, `OwnersOnly` and `TooManyInvitations`. */
  async execute(scope: OrgScope, id: Uuid): Promise<InvitationRow> {
    const authority = await this.members.authorityOf(scope);
    const found = await this.invitations.lock(id);
    if (!found) throw new InvitationNotFound();
    checkInvitedRole(authority, found.role);
    if (found.state === 'accepted' || found.state === 'revoked') throw new InvitationClosed();
    const now = this.clock.now().getTime();
    if (found.mailedAt && now - found.mailedAt.getTime() < MINUTE) throw new InvitedJustNow();
    await this.mails.demandRoom(found.email);
    const renewed = await this.invitations.renew(id, this.mails.expiry());
    await this.mails.send(found);
    return renewed ?? found;
  }
}
