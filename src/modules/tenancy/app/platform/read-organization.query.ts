import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { OrganizationsRepository } from '../../db/organizations.repository';
import { PlatformRepository } from '../../db/platform.repository';
import { OrganizationNotFound } from '../../domain/errors';
import { overviewDetails, type OrganizationOverviewDetails } from './organization-overview';
import { OrganizationUse } from './organization-use';

/** One organization, for whoever operates the installation. */
@Injectable()
export class ReadOrganization {
  constructor(
    private readonly database: Database,
    private readonly organizations: OrganizationsRepository,
    private readonly platform: PlatformRepository,
    private readonly use: OrganizationUse,
  ) {}

  /** Throws `OrganizationNotFound`. */
  async execute(scope: OrgScope, orgId: Uuid, days: number): Promise<OrganizationOverviewDetails> {
    const { organization, roles } = await this.database.runInOrg(
      { ...scope, orgId, pool: 'service', readOnly: true },
      async () => {
        const found = await this.organizations.current();
        if (!found) throw new OrganizationNotFound();
        return { organization: found, roles: await this.platform.roles() };
      },
    );
    const useOf = await this.use.of([orgId], days);
    return overviewDetails(organization, roles, useOf(orgId));
  }
}
