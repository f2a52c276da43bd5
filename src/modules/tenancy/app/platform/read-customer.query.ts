import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PlatformRepository } from '../../db/platform.repository';
import { OrganizationNotFound } from '../../domain/errors';
import type { OrganizationSettings } from '../../domain/organization';
import type { Role } from '../../domain/roles';
import { ListCustomers, type CustomerView } from './list-customers.query';

/** An organization with its figures, its settings, and how many have which role. */
export interface CustomerDetails extends Omit<CustomerView, 'members'> {
  readonly members: number;
  readonly roles: Readonly<Record<Role, number>>;
  readonly settings: Omit<OrganizationSettings, 'name' | 'slug'>;
}

/** One organization, for whoever operates the installation. Nobody is named here either. */
@Injectable()
export class ReadCustomer {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly platform: PlatformRepository,
    private readonly customers: ListCustomers,
  ) {}

  /** Throws `OrganizationNotFound`. */
  async execute(scope: OrgScope, orgId: Uuid, days: number): Promise<CustomerDetails> {
    const found = await this.database.runInOrg(
      { ...scope, orgId, pool: 'service', readOnly: true },
      async () => {
        const organization = await this.organizations.current();
        if (!organization) throw new OrganizationNotFound();
        return { organization, roles: await this.platform.roles() };
      },
    );
    const { id, name, slug, status, isPlatformOwner, createdAt, version: _, ...rest } = found.organization;
    const { suspendedAt, suspensionReason, ...settings } = rest;
    const members = Object.values(found.roles).reduce((sum, count) => sum + count, 0);
    const row = {
      id,
      name,
      slug,
      status,
      isPlatformOwner,
      createdAt,
      suspendedAt,
      suspensionReason,
      members,
    };
    return { ...(await this.customers.one(row, days)), roles: found.roles, settings };
  }
}
