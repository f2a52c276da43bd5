import { Injectable } from '@nestjs/common';
import { newId, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { OrganizationsRepository } from '../db/organizations.repository';
import { checkOrganization } from '../domain/organization';
import { Members, type NewMember } from './members';

/** What an organization is made of. */
export interface NewOrganization {
  readonly name: string;
  /** Lower-case letters, digits, inner hyphens; unique in the installation. */
  readonly slug: string;
  /** IANA zone. */
  readonly timezone: string;
  /** ISO 3166-1 alpha-2; national phone numbers are read as of this country. */
  readonly defaultCountry: string;
  /** BCP 47; default `en`. */
  readonly locale?: string;
  readonly isPlatformOwner?: boolean;
  readonly owner: NewMember;
}

/** Makes an organization with its first member, the owner. */
@Injectable()
export class CreateOrganization {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly members: Members,
  ) {}

  /** Throws `SlugTaken`, `PlatformOwnerExists`, `OrganizationInvalid` and what a bad password throws; then nothing is made. */
  async execute({ owner, ...facts }: NewOrganization): Promise<{ orgId: Uuid; userId: Uuid }> {
    checkOrganization(facts);
    const user = await this.members.prepare(owner);
    const orgId = newId();
    const { name, slug, timezone, defaultCountry, locale = 'en', isPlatformOwner = false } = facts;
    const userId = await this.database.runInOrg(systemScope(orgId), async () => {
      await this.organizations.insert({
        id: orgId,
        name: name.trim(),
        slug,
        timezone,
        defaultCountry,
        locale,
        isPlatformOwner,
      });
      return this.members.join(user, 'owner');
    });
    return { orgId, userId };
  }
}
