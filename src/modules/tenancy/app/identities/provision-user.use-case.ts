import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { InvitationsRepository } from '../../db/invitations.repository';
import { MembershipsRepository } from '../../db/memberships.repository';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PeopleRepository } from '../../db/people.repository';
import { isOrganizationId } from '../../domain/external-identity';
import { NotAMember } from '../../domain/identity-errors';
import { IdentityLinks, type Vouched } from './identity-links';
import { Newcomers } from './newcomers';

/**
 * Makes someone whom a provider vouches for a member of the organization that their token names, if they were invited or the
 * organization lets such people in.
 */
@Injectable()
export class ProvisionUser {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly people: PeopleRepository,
    private readonly memberships: MembershipsRepository,
    private readonly organizations: OrganizationsRepository,
    private readonly newcomers: Newcomers,
    private readonly links: IdentityLinks,
  ) {}

  /**
   * `known` is the user, if they are one already. Someone who came in at the same moment by another request, or by the token
   * of the mail, is linked and no more. Throws {@link NotAMember}; then nothing is made.
   */
  async execute(identity: Vouched, known: Uuid | undefined): Promise<void> {
    const orgId = await this.organizationOf(identity);
    if (orgId === undefined) throw new NotAMember();
    await this.database.runInOrg(systemScope(orgId), async () => {
      await this.memberships.lock();
      // Before it is asked who is a member: this waits for whoever accepts the invitation right now.
      const invitation = await this.invitations.lockOpen(identity.email);
      const userId = known ?? (await this.people.idOf(identity.email));
      const isMember = userId !== undefined && (await this.memberships.roleOf(userId)) !== undefined;
      const memberId = isMember ? userId : await this.newcomers.admit(identity, userId, invitation);
      await this.links.make(memberId, identity);
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
