import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { IdentitiesRepository } from '../db/identities.repository';
import { MembershipsRepository } from '../db/memberships.repository';
import { OrganizationsRepository } from '../db/organizations.repository';
import { PeopleRepository } from '../db/people.repository';
import { isOrganizationId, provisionedRole } from '../domain/external-identity';
import { NotAMember } from '../domain/identity-errors';
import type { Role } from '../domain/roles';
import { IdentityLinks, type Vouched } from './identity-links';

/** Makes someone whom a provider vouches for a member of the organization that their token names, where it allows that. */
@Injectable()
export class ProvisionUser {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentitiesRepository,
    private readonly people: PeopleRepository,
    private readonly memberships: MembershipsRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly links: IdentityLinks,
    private readonly audit: AuditTrail,
  ) {}

  /** `known` is the user, if they are one already. Throws {@link NotAMember}; then nothing is made. */
  async execute(identity: Vouched, known: Uuid | undefined): Promise<void> {
    const orgId = await this.organizationOf(identity);
    if (orgId === undefined) throw new NotAMember();
    const { email, firstName, lastName, issuer } = identity;
    await this.database.runInOrg(systemScope(orgId), async () => {
      await this.memberships.lock();
      const rule = await this.identities.provisioning();
      const role = rule?.status === 'active' ? provisionedRole(rule, email) : undefined;
      if (role === undefined) throw new NotAMember();
      // Without a password: they come in by their provider alone, until they ask for one by mail.
      const newcomer = { email, firstName, lastName, passwordHash: null };
      const userId = known ?? (await this.people.findOrInsert(newcomer));
      await this.join(userId, role, issuer);
      await this.links.make(userId, identity);
    });
  }

  private async join(userId: Uuid, role: Role, issuer: string): Promise<void> {
    if ((await this.memberships.roleOf(userId)) !== undefined) return;
    // Who was removed does not come back uninvited: the provider goes on vouching for them.
    if (await this.identities.wasMember(userId)) throw new NotAMember();
    await this.people.insertMembership(userId, role);
    await this.audit.record({
      ...{ eventType: 'tenancy.user-provisioned', operation: 'PROVISION', new: { issuer, role } },
      ...{ orgId: this.database.tx.orgId, actor: { type: 'user', id: userId } },
      ...{ tableName: 'users', recordId: userId },
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
