import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { IdentitiesRepository } from '../db/identities.repository';
import { MembershipsRepository } from '../db/memberships.repository';
import { OrganizationsRepository } from '../db/organizations.repository';
import { PeopleRepository } from '../db/people.repository';
import type { User } from '../db/user.entity';
import { SessionEnded } from '../domain/errors';
import {
  chooseOrganization,
  isOrganizationId,
  provisionedRole,
  type ExternalIdentity,
} from '../domain/external-identity';
import { EmailNotVerified, NotAMember } from '../domain/identity-errors';
import type { Role } from '../domain/roles';

/** Someone whose address a provider vouches for. */
type Vouched = ExternalIdentity & { readonly email: string };

/**
 * Makes someone known by their provider's subject: a member with the same address is linked to it, a stranger becomes a
 * member where the organization allows it.
 */
@Injectable()
export class AdmitIdentity {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentitiesRepository,
    private readonly people: PeopleRepository,
    private readonly memberships: MembershipsRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** Admitting twice, or many at once, is as admitting once. Throws what `ExternalIdentities.recognise` says. */
  async execute(identity: ExternalIdentity): Promise<void> {
    const { email, issuer, subject } = identity;
    const linked = await this.identities.user(issuer, subject);
    if (email === undefined) throw linked ? new NotAMember() : new EmailNotVerified();
    const user = linked ?? (await this.people.findForSignIn(email));
    if (user && user.status !== 'active') throw new SessionEnded();
    const place = user && chooseOrganization(await this.people.memberships(user.id), identity);
    if (place)
      await this.database.runInOrg(systemScope(place.orgId), () => this.link(user.id, place.orgId, identity));
    else await this.provision({ ...identity, email }, user?.id);
  }

  /** Both sides have proven the address: the provider now, the user when they confirmed a mail to it. */
  private async link(userId: Uuid, orgId: Uuid, { issuer, subject }: ExternalIdentity): Promise<void> {
    const recordId = await this.identities.link(userId, issuer, subject);
    if (recordId === undefined) return;
    await this.audit.record({
      ...{ eventType: 'tenancy.identity-linked', operation: 'LINK', orgId, new: { issuer } },
      ...{ tableName: 'user_identities', recordId, actor: { type: 'user', id: userId } },
    });
  }

  private async provision(identity: Vouched, known: Uuid | undefined): Promise<void> {
    const orgId = await this.organizationOf(identity);
    if (orgId === undefined) throw new NotAMember();
    await this.database.runInOrg(systemScope(orgId), async () => {
      await this.memberships.lock();
      const rule = await this.identities.provisioning();
      const role = rule?.status === 'active' ? provisionedRole(rule, identity.email) : undefined;
      if (role === undefined) throw new NotAMember();
      const userId = known ?? (await this.people.findOrInsert(newcomer(identity)));
      await this.join(userId, orgId, role, identity.issuer);
      await this.link(userId, orgId, identity);
    });
  }

  private async join(userId: Uuid, orgId: Uuid, role: Role, issuer: string): Promise<void> {
    if ((await this.memberships.roleOf(userId)) !== undefined) return;
    // Who was removed does not come back uninvited: the provider goes on vouching for them.
    if (await this.identities.wasMember(userId)) throw new NotAMember();
    await this.people.insertMembership(userId, role);
    await this.audit.record({
      ...{ eventType: 'tenancy.user-provisioned', operation: 'PROVISION', orgId, new: { issuer, role } },
      ...{ tableName: 'users', recordId: userId, actor: { type: 'user', id: userId } },
    });
  }

  /** The organization that the token names, if the provider's word counts there. */
  private async organizationOf({ organization, within }: Vouched): Promise<Uuid | undefined> {
    if (organization === undefined) return undefined;
    const orgId = isOrganizationId(organization)
      ? asUuid(organization)
      : (await this.organizations.findBySlug(organization))?.id;
    return orgId !== undefined && (within.length === 0 || within.includes(orgId)) ? orgId : undefined;
  }
}

/** A user who signs in at their provider alone, until they ask for a password by mail. */
function newcomer({ email, firstName, lastName }: Vouched): Omit<User, 'id'> {
  return { email, firstName, lastName, passwordHash: null };
}
