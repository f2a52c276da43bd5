import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import type { OrganizationSettings } from '../domain/organization';
import { PlatformOwnerExists, SlugTaken } from '../domain/organization-errors';
import { Organization } from './organization.entity';

/** The organization at hand, as its members see it. */
export interface OrganizationRow extends OrganizationSettings, Record<string, unknown> {
  id: Uuid;
  status: 'active' | 'suspended';
  isPlatformOwner: boolean;
  suspendedAt: Date | null;
  suspensionReason: string | null;
  version: number;
  createdAt: Date;
}

const COLUMNS = `id, name, slug, timezone, default_country AS "defaultCountry", locale,
  to_char(quiet_hours_start, 'HH24:MI') AS "quietHoursStart", to_char(quiet_hours_end, 'HH24:MI') AS "quietHoursEnd",
  audit_retention_days AS "auditRetentionDays", webhook_retention_days AS "webhookRetentionDays",
  message_retention_days AS "messageRetentionDays", status, is_platform_owner AS "isPlatformOwner",
  suspended_at AS "suspendedAt", suspension_reason AS "suspensionReason", version,
  created_at AS "createdAt"`;

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

  /** Ids of organizations in their own order, after the one named; needs no organization. */
  async idsAfter(after: Uuid | null, limit: number): Promise<Uuid[]> {
    const rows = await this.database.platform<{ id: Uuid }>(
      'SELECT id FROM list_organization_ids($1, $2) AS id',
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** The organization at hand. */
  current(): Promise<OrganizationRow | undefined> {
    const { tx } = this.database;
    return tx.one<OrganizationRow>(`SELECT ${COLUMNS} FROM organizations WHERE id = $1`, [tx.orgId]);
  }

  /** The organization at hand, locked until the transaction ends. */
  lock(): Promise<OrganizationRow | undefined> {
    const { tx } = this.database;
    return tx.one<OrganizationRow>(`SELECT ${COLUMNS} FROM organizations WHERE id = $1 FOR UPDATE`, [
      tx.orgId,
    ]);
  }

  /** Replaces the settings of the organization at hand. Throws {@link SlugTaken}. */
  async change(settings: OrganizationSettings): Promise<OrganizationRow | undefined> {
    const { tx } = this.database;
    try {
      return await tx.one<OrganizationRow>(
        `UPDATE organizations SET name = $2, slug = $3, timezone = $4, default_country = $5, locale = $6,
           quiet_hours_start = $7, quiet_hours_end = $8, audit_retention_days = $9, webhook_retention_days = $10,
           message_retention_days = $11
         WHERE id = $1 RETURNING ${COLUMNS}`,
        [
          tx.orgId,
          settings.name,
          settings.slug,
          settings.timezone,
          settings.defaultCountry,
          settings.locale,
          settings.quietHoursStart,
          settings.quietHoursEnd,
          settings.auditRetentionDays,
          settings.webhookRetentionDays,
          settings.messageRetentionDays,
        ],
      );
    } catch (error) {
      if (violatesUnique(error, 'organizations_slug_key')) throw new SlugTaken();
      throw error;
    }
  }

  /** Suspends the organization at hand; null resumes it. Needs the service role. */
  async setSuspension(suspension: { readonly at: Date; readonly reason: string } | null): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE organizations SET status = $2, suspended_at = $3, suspension_reason = $4 WHERE id = $1`,
      [tx.orgId, suspension ? 'suspended' : 'active', suspension?.at ?? null, suspension?.reason ?? null],
    );
  }
}
