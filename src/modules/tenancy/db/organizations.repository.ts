import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import { PlatformOwnerExists, SlugTaken } from '../domain/errors';
import { Organization } from './organization.entity';

/** The organization at hand, as its members see it. */
export interface OrganizationRow extends Record<string, unknown> {
  id: Uuid;
  name: string;
  slug: string;
  timezone: string;
  default_country: string;
  locale: string;
  status: string;
  created_at: Date;
}

@Injectable()
export class OrganizationsRepository {
  constructor(private readonly database: Database) {}

  /** Adds the organization at hand. Throws {@link SlugTaken} and {@link PlatformOwnerExists}. */
  async insert(organization: Organization): Promise<void> {
    try {
      await (await this.database.tx.repository(Organization)).insert(organization);
    } catch (error) {
      if (violatesUnique(error, 'organizations_slug_key')) throw new SlugTaken();
      if (violatesUnique(error, 'organizations_one_platform_owner')) throw new PlatformOwnerExists();
      throw error;
    }
  }

  /** By slug, of whatever status; needs no organization. */
  async findBySlug(slug: string): Promise<{ id: Uuid; name: string } | undefined> {
    const [row] = await this.database.platform<{ id: Uuid; name: string }>(
      'SELECT id, name FROM find_organization_by_slug($1)',
      [slug],
    );
    return row;
  }

  /** The organization at hand. */
  async current(): Promise<OrganizationRow | undefined> {
    const { tx } = this.database;
    return tx.one<OrganizationRow>(
      `SELECT id, name, slug, timezone, default_country, locale, status, created_at FROM organizations WHERE id = $1`,
      [tx.orgId],
    );
  }
}
