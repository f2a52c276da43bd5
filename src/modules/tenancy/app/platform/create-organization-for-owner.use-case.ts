import { Injectable } from '@nestjs/common';
import { newId, type OrgScope } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PlatformRepository } from '../../db/platform.repository';
import { OrganizationNotFound } from '../../domain/errors';
import { newOrganization, type OrganizationFacts } from '../../domain/organization';
import { overviewDetails, type OrganizationOverviewDetails } from './organization-overview';
import { OwnerInvitations } from './owner-invitations';

/** Makes an organization for somebody else, who is invited by mail to own it, known or not. */
@Injectable()
export class CreateOrganizationForOwner {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly organizations: OrganizationsRepository,
    private readonly platform: PlatformRepository,
    private readonly owners: OwnerInvitations,
  ) {}

  /** Throws `OrganizationInvalid` and `SlugTaken`. */
  async execute(
    scope: OrgScope,
    facts: OrganizationFacts,
    ownerEmail: string,
  ): Promise<OrganizationOverviewDetails> {
    const organization = newOrganization(facts);
    const orgId = newId();
    return this.effects.once({ ...scope, orgId, pool: 'service' }, async () => {
      await this.organizations.insert({ id: orgId, ...organization });
      await this.owners.send(ownerEmail, scope.actor.id);
      const made = await this.organizations.current();
      if (!made) throw new OrganizationNotFound();
      return overviewDetails(made, await this.platform.roles());
    });
  }
}
