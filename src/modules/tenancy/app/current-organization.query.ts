import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { OrganizationsRepository, type OrganizationRow } from '../db/organizations.repository';
import { OrganizationNotFound } from '../domain/errors';
import type { OrganizationSettings } from '../domain/organization';

/** An organization, as its members see it. */
export interface OrganizationDetails extends OrganizationSettings {
  readonly id: Uuid;
  readonly status: 'active' | 'suspended';
  readonly version: number;
  readonly createdAt: Date;
}

/** The organization at hand. */
@Injectable()
export class CurrentOrganization {
  constructor(private readonly organizations: OrganizationsRepository) {}

  async read(): Promise<OrganizationDetails> {
    const row = await this.organizations.current();
    if (!row) throw new OrganizationNotFound();
    return organizationDetails(row);
  }
}

/** What members see of a row. */
export function organizationDetails(row: OrganizationRow): OrganizationDetails {
  const { isPlatformOwner: _, suspendedAt: _at, suspensionReason: _reason, ...details } = row;
  return details;
}
