import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { OrganizationsRepository } from '../db/organizations.repository';
import { OrganizationNotFound } from '../domain/errors';

/** An organization, as its members see it. */
export interface OrganizationDetails {
  readonly id: Uuid;
  readonly name: string;
  readonly slug: string;
  readonly timezone: string;
  readonly defaultCountry: string;
  readonly locale: string;
  readonly status: string;
  readonly createdAt: Date;
}

/** The organization at hand. */
@Injectable()
export class CurrentOrganization {
  constructor(private readonly organizations: OrganizationsRepository) {}

  async read(): Promise<OrganizationDetails> {
    const row = await this.organizations.current();
    if (!row) throw new OrganizationNotFound();
    const { id, name, slug, timezone, default_country, locale, status, created_at } = row;
    return {
      id,
      name,
      slug,
      timezone,
      defaultCountry: default_country,
      locale,
      status,
      createdAt: created_at,
    };
  }
}
