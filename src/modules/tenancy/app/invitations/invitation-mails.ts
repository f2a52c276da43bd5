import { Injectable } from '@nestjs/common';
import { JobQueue } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { InvitationsRepository, type InvitationRow } from '../../db/invitations.repository';
import { checkInvitationMails, INVITATION_LIFETIME } from '../../domain/invitation';
import { SEND_INVITATION } from './send-invitation.job';

/** Has invitations mailed, and not more of them than anyone needs: their recipients did not ask for them. */
@Injectable()
export class InvitationMails {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Until when an invitation that goes out now can be accepted. */
  expiry(): Date {
    return new Date(this.clock.now().getTime() + INVITATION_LIFETIME);
  }

  /** To be asked while members are locked, so that no two count at once. Throws `TooManyInvitations`. */
  async demandRoom(email: string): Promise<void> {
    checkInvitationMails(await this.invitations.mailsAskedFor(email));
  }

  /** In the transaction at hand. A job makes the token, and mails it. */
  async send({ id }: InvitationRow): Promise<void> {
    await this.queue.enqueue(SEND_INVITATION, { invitationId: id }, { key: `invitation:${id}` });
  }
}
