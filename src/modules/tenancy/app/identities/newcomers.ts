import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { AuditTrail } from '../../../audit';
import { IdentitiesRepository } from '../../db/identities.repository';
import { InvitationsRepository, type OpenInvitation } from '../../db/invitations.repository';
import { PeopleRepository } from '../../db/people.repository';
import { provisionedRole } from '../../domain/external-identity';
import { NotAMember } from '../../domain/identity-errors';
import type { Role } from '../../domain/roles';
import type { Vouched } from './identity-links';

/** People whom a provider vouches for become members of the organization at hand, in the transaction at hand. */
@Injectable()
export class Newcomers {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentitiesRepository,
    private readonly invitations: InvitationsRepository,
    private readonly people: PeopleRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * `invitation` is the open one to their address, locked: the provider proves the mailbox as well as a mailed token does, so
   * it is accepted. It brings back who was removed, too. Without one the organization's rule decides. Throws
   * {@link NotAMember}.
   */
  async admit(
    identity: Vouched,
    known: Uuid | undefined,
    invitation: OpenInvitation | undefined,
  ): Promise<Uuid> {
    const { email, firstName, lastName, issuer } = identity;
    const role = await this.roleOf(email, known, invitation);
    // Without a password, and with no way to set one: they come in by their provider alone.
    const userId =
      known ?? (await this.people.findOrInsert({ email, firstName, lastName, passwordHash: null }));
    await this.people.insertMembership(userId, role);
    if (invitation) await this.invitations.accept(invitation.id, userId);
    await this.audit.record({
      ...(invitation ? accepted(invitation) : provisioned(userId)),
      orgId: this.database.tx.orgId,
      actor: { type: 'user', id: userId },
      new: { issuer, role },
    });
    return userId;
  }

  private async roleOf(
    email: string,
    known: Uuid | undefined,
    invitation: OpenInvitation | undefined,
  ): Promise<Role> {
    const rule = await this.identities.provisioning();
    if (rule?.status !== 'active') throw new NotAMember();
    if (invitation) return invitation.role;
    // Who was removed does not come back uninvited: the provider goes on vouching for them.
    if (known && (await this.identities.wasMember(known))) throw new NotAMember();
    const role = provisionedRole(rule, email);
    if (role === undefined) throw new NotAMember();
    return role;
  }
}

function accepted({ id }: OpenInvitation) {
  return {
    eventType: 'tenancy.invitation-accepted',
    operation: 'ACCEPT',
    tableName: 'invitations',
    recordId: id,
  } as const;
}

function provisioned(userId: Uuid) {
  return {
    eventType: 'tenancy.user-provisioned',
    operation: 'PROVISION',
    tableName: 'users',
    recordId: userId,
  } as const;
}
