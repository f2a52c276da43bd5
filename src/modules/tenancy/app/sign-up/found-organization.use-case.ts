import { Injectable } from '@nestjs/common';
import { newId, type OrgScope, type Uuid } from '../../../../common/context';
import { IdempotentEffects } from '../../../../common/http';
import { Allowances } from '../../../../common/time/allowance';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PeopleRepository } from '../../db/people.repository';
import { OrganizationNotFound } from '../../domain/errors';
import { newOrganization, type OrganizationFacts } from '../../domain/organization';
import { TooManyOrganizations } from '../../domain/organization-errors';
import { organizationDetails, type OrganizationDetails } from '../current-organization.query';
import { SignUpSwitch } from './sign-up-switch';

/** So many at once, and one more every ten minutes: more than anyone's business needs. */
const EACH = { size: 10, perMinute: 0.1 };

/** Makes another organization for someone who is signed in; they own it, and go there by switching. */
@Injectable()
export class FoundOrganization {
  private readonly allowances = new Allowances(EACH);

  constructor(
    private readonly open: SignUpSwitch,
    private readonly effects: IdempotentEffects,
    private readonly organizations: OrganizationsRepository,
    private readonly people: PeopleRepository,
  ) {}

  /** Throws `SignUpClosed`, `OrganizationInvalid`, `TooManyOrganizations` and `SlugTaken`. */
  async execute(scope: OrgScope, userId: Uuid, facts: OrganizationFacts): Promise<OrganizationDetails> {
    this.open.demandOpen();
    const organization = newOrganization(facts);
    if (!this.allowances.take(userId)) throw new TooManyOrganizations();
    const orgId = newId();
    return this.effects.once({ ...scope, orgId, pool: 'service' }, async () => {
      await this.organizations.insert({ id: orgId, ...organization });
      await this.people.insertMembership(userId, 'owner');
      const row = await this.organizations.current();
      if (!row) throw new OrganizationNotFound();
      return organizationDetails(row);
    });
  }
}
