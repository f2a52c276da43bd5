import { Injectable } from '@nestjs/common';
import { newId, type OrgScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { newOrganization, type OrganizationFacts } from '../../domain/organization';
import { OwnerInvitations } from './owner-invitations';

/** Makes an organization for a customer of the installation. Its owner is invited by mail, known or not. */
@Injectable()
export class CreateCustomer {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly owners: OwnerInvitations,
  ) {}

  /** Returns the organization's id. Throws `OrganizationInvalid` and `SlugTaken`. */
  async execute(scope: OrgScope, facts: OrganizationFacts, ownerEmail: string): Promise<Uuid> {
    const organization = newOrganization(facts);
    const orgId = newId();
    await this.database.runInOrg({ ...scope, orgId, pool: 'service' }, async () => {
      await this.organizations.insert({ id: orgId, ...organization });
      await this.owners.send(ownerEmail, scope.actor.id);
    });
    return orgId;
  }
}
