import { Injectable } from '@nestjs/common';
import type { OrgScope } from '../../../../common/context';
import { JobQueue } from '../../../../common/jobs';
import { Clock } from '../../../../common/time/clock';
import { InvitationsRepository, type InvitationRow } from '../../db/invitations.repository';
import { normaliseEmail } from '../../domain/email';
import { AlreadyMember } from '../../domain/errors';
import { INVITATION_LIFETIME } from '../../domain/invitation';
import { checkInvitedRole } from '../../domain/member-rules';
import type { Role } from '../../domain/roles';
import { MemberChanges } from '../membership/member-changes';
import { SEND_INVITATION } from './send-invitation.job';

/** Invites a person to the organization at hand; a job makes the token and mails it. */
@Injectable()
export class InvitePerson {
  constructor(
    private readonly invitations: InvitationsRepository,
    private readonly members: MemberChanges,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** Throws `AlreadyMember`, `AlreadyInvited` and `OwnersOnly`. */
  async execute(scope: OrgScope, wanted: string, role: Role): Promise<InvitationRow> {
    checkInvitedRole(await this.members.authorityOf(scope), role);
    const email = normaliseEmail(wanted);
    if (await this.invitations.isMember(email)) throw new AlreadyMember();
    const invitation = await this.invitations.insert({
      email,
      role,
      invitedBy: scope.actor.type === 'user' ? scope.actor.id : null,
      expiresAt: new Date(this.clock.now().getTime() + INVITATION_LIFETIME),
    });
    await this.queue.enqueue(
      SEND_INVITATION,
      { invitationId: invitation.id },
      { key: `invitation:${invitation.id}` },
    );
    return invitation;
  }
}
