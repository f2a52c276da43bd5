import { Injectable } from '@nestjs/common';
import { checkVersion } from '../../../common/http';
import { OrganizationsRepository } from '../db/organizations.repository';
import { OrganizationNotFound } from '../domain/errors';
import { changedSettings, type OrganizationSettings } from '../domain/organization';
import { organizationDetails, type OrganizationDetails } from './current-organization.query';

/** Changes settings of the organization at hand. */
@Injectable()
export class ChangeOrganization {
  constructor(private readonly organizations: OrganizationsRepository) {}

  /** What is not in `change` stays; where nothing is another than before, nothing is written. Throws `OrganizationInvalid`, `SlugTaken` and `StaleVersion`. */
  async execute(change: Partial<OrganizationSettings>, ifMatch?: number): Promise<OrganizationDetails> {
    const present = await this.organizations.lock();
    if (!present) throw new OrganizationNotFound();
    checkVersion(present.version, ifMatch);
    const settings = changedSettings(present, change);
    const isSame = Object.entries(settings).every(([name, value]) => present[name] === value);
    if (isSame) return organizationDetails(present);
    const row = await this.organizations.change(settings);
    if (!row) throw new OrganizationNotFound();
    return organizationDetails(row);
  }
}
