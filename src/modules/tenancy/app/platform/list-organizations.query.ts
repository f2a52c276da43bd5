import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Cursors, type Page } from '../../../../common/http';
import { PlatformRepository, type OrganizationFilter } from '../../db/platform.repository';
import { OrganizationUse } from './organization-use';
import { organizationOverview, type OrganizationOverview } from './organization-overview';

/** The organizations of the installation, for whoever operates it. */
@Injectable()
export class ListOrganizations {
  constructor(
    private readonly cursors: Cursors,
    private readonly platform: PlatformRepository,
    private readonly use: OrganizationUse,
  ) {}

  /** `days` back from today, which counts. `orgId`: the operator's own, to which the cursor is bound. */
  async page(list: {
    orgId: Uuid;
    filter: OrganizationFilter;
    days: number;
    limit: number;
    cursor: string | undefined;
  }): Promise<Page<OrganizationOverview>> {
    const { orgId, filter, days, limit, cursor } = list;
    const page = await this.cursors.list({
      orgId,
      filter: ['platform-organizations', filter],
      limit,
      cursor,
      read: (after, count) => this.platform.list(filter, after?.[1] ?? null, count),
      position: ({ id }) => ['', id],
    });
    const useOf = await this.use.of(
      page.items.map(({ id }) => id),
      days,
    );
    return { ...page, items: page.items.map((row) => organizationOverview(row, useOf(row.id))) };
  }
}
