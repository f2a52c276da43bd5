import { Injectable } from '@nestjs/common';
import { newId, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { OrganizationsRepository } from '../db/organizations.repository';
import { PeopleRepository } from '../db/people.repository';
import { newOrganization, type OrganizationFacts } from '../domain/organization';
import { Members, type NewMember } from './members';

/** What an organization is made of, with its owner. */
export interface NewOrganization extends OrganizationFacts {
  readonly owner: NewMember;
}

/** What was made. */
export interface MadeOrganization {
  readonly orgId: Uuid;
  readonly userId: Uuid;
  /** False when the owner was a user already, who keeps the password that they have. */
  readonly isPasswordSet: boolean;
}

/** Makes an organization with its first member, the owner. */
@Injectable()
export class CreateOrganization {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly members: Members,
    private readonly people: PeopleRepository,
  ) {}

  /** Throws `SlugTaken`, `PlatformOwnerExists`, `OrganizationInvalid` and what a bad password throws; then nothing is made. */
  async execute({ owner, ...facts }: NewOrganization): Promise<MadeOrganization> {
    const organization = newOrganization(facts);
    const user = await this.members.prepare(owner);
    const orgId = newId();
    const userId = await this.database.runInOrg(systemScope(orgId), async () => {
      await this.organizations.insert({ id: orgId, ...organization });
      return this.members.join(user, 'owner');
    });
    const person = await this.people.findById(userId);
    return { orgId, userId, isPasswordSet: person?.password_hash === user.passwordHash };
  }
}
