import { Injectable } from '@nestjs/common';
import { PERMISSIONS, type Permission } from '../../../common/auth';
import { systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Log } from '../../../common/logging';
import { OrganizationsRepository } from '../db/organizations.repository';
import { OrganizationNotFound } from '../domain/errors';
import type { Role } from '../domain/roles';
import { AddMember } from './add-member.use-case';
import { CreateApiKey } from './api-keys/create-api-key.use-case';
import {
  CreateOrganization,
  type MadeOrganization,
  type NewOrganization,
} from './create-organization.use-case';
import type { NewMember } from './members';

const BATCH = 500;

/** What time it is for an organization. */
export interface OrganizationHours {
  /** IANA. */
  readonly timezone: string;
  /** `HH:MM`, local to the recipient; they last over midnight. */
  readonly quietHours: { readonly start: string; readonly end: string };
}

/** What the rest of the program may ask of this module. */
@Injectable()
export class Tenancy {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly creation: CreateOrganization,
    private readonly members: AddMember,
    private readonly keys: CreateApiKey,
    private readonly log: Log,
  ) {}

  /** Makes an organization with its owner. Throws `SlugTaken` when it is there already. */
  createOrganization(organization: NewOrganization): Promise<MadeOrganization> {
    return this.creation.execute(organization);
  }

  /** Makes a person a member; a user with that address keeps their name and password. Returns the user's id. */
  addMember(orgId: Uuid, member: NewMember & { readonly role: Role }): Promise<Uuid> {
    return this.members.execute(orgId, member);
  }

  /** Makes an API key with any scope there is. `secret` is the whole key, to be sent as a bearer token. */
  async createApiKey(
    orgId: Uuid,
    key: { readonly name: string; readonly scopes: readonly Permission[]; readonly createdBy: Uuid | null },
  ): Promise<{ id: Uuid; secret: string }> {
    const held = new Set(PERMISSIONS);
    const { id, secret } = await this.database.runInOrg(systemScope(orgId), () =>
      this.keys.execute({ ...key, expiresAt: null }, { ...key, createdByKey: null, held, end: null }),
    );
    return { id, secret };
  }

  /** True when the organization at hand is suspended: nothing is sent for it. In the transaction at hand. */
  async isSuspended(): Promise<boolean> {
    return (await this.organizations.current())?.status === 'suspended';
  }

  /**
   * Runs `work` for all organizations, one after the other, each in a transaction of its own. One for which it fails holds
   * back no other: that is logged, and the next run is another chance.
   */
  async inEachOrganization(work: () => Promise<void>): Promise<void> {
    let page: Uuid[] = [];
    do {
      page = await this.organizations.idsAfter(page.at(-1) ?? null, BATCH);
      for (const orgId of page) await this.tryIn(orgId, work);
    } while (page.length === BATCH);
  }

  /** ISO 3166-1 alpha-2: where phone numbers without a country code are dialled, in the organization at hand. */
  async defaultCountry(): Promise<string> {
    const organization = await this.organizations.current();
    if (!organization) throw new OrganizationNotFound();
    return organization.defaultCountry;
  }

  /** What the organization at hand calls itself, and in which language (BCP 47). */
  async names(): Promise<{ readonly name: string; readonly locale: string }> {
    const organization = await this.organizations.current();
    if (!organization) throw new OrganizationNotFound();
    return { name: organization.name, locale: organization.locale };
  }

  /** The clock of the organization at hand, and when nobody is sent marketing by the clock of the recipient. */
  async hours(): Promise<OrganizationHours> {
    const organization = await this.organizations.current();
    if (!organization) throw new OrganizationNotFound();
    const { timezone, quietHoursStart: start, quietHoursEnd: end } = organization;
    return { timezone, quietHours: { start, end } };
  }

  /** The id and name of the organization with this slug. */
  async findOrganizationBySlug(slug: string): Promise<{ orgId: Uuid; name: string } | undefined> {
    const found = await this.organizations.findBySlug(slug);
    return found && { orgId: found.id, name: found.name };
  }

  private async tryIn(orgId: Uuid, work: () => Promise<void>): Promise<void> {
    try {
      await this.database.runInOrg(systemScope(orgId), work);
    } catch (error) {
      this.log.warn('work for all organizations failed for one', { orgId, error });
    }
  }
}
