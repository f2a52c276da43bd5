import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Role } from '../domain/roles';

/** An organization, as whoever operates the installation sees it. */
export interface PlatformOrganization {
  id: Uuid;
  name: string;
  slug: string;
  status: 'active' | 'suspended';
  isPlatformOwner: boolean;
  createdAt: Date;
  suspendedAt: Date | null;
  suspensionReason: string | null;
  members: number;
}

/** Jobs of one organization. */
export interface JobFigures {
  /** Due, and not begun. */
  waiting: number;
  /** Failed for the last time. */
  dead: number;
  /** How long the one that waits longest has been due. */
  lagSeconds: number;
}

/** Which organizations to list. */
export interface OrganizationFilter {
  readonly status?: 'active' | 'suspended' | undefined;
  /** A part of name or slug, in any case. */
  readonly search?: string | undefined;
}

/** Reads across organizations, through functions that tell counts and what the operator named themselves. */
@Injectable()
export class PlatformRepository {
  constructor(private readonly database: Database) {}

  /** Newest first: ids are made in the order of time. */
  list(
    { status, search }: OrganizationFilter,
    beforeId: string | null,
    limit: number,
  ): Promise<PlatformOrganization[]> {
    return this.database.platform<PlatformOrganization & Record<string, unknown>>(
      `SELECT id, name, slug, status, is_platform_owner AS "isPlatformOwner", created_at AS "createdAt",
         suspended_at AS "suspendedAt", suspension_reason AS "suspensionReason", members
       FROM list_organizations($1, $2, $3, $4)`,
      [status ?? null, search ?? null, beforeId, limit],
    );
  }

  /** Organizations without a job are left out. */
  async jobs(orgIds: readonly Uuid[]): Promise<Map<Uuid, JobFigures>> {
    const rows = await this.database.platform<JobFigures & { orgId: Uuid } & Record<string, unknown>>(
      `SELECT org_id AS "orgId", waiting, dead, lag_seconds AS "lagSeconds" FROM job_figures_of($1)`,
      [orgIds],
    );
    return new Map(rows.map(({ orgId, ...jobs }) => [orgId, jobs]));
  }

  /** How many members of the organization at hand have which role. */
  async roles(): Promise<Record<Role, number>> {
    const { tx } = this.database;
    const rows = await tx.query<{ role: Role; count: number }>(
      'SELECT role, count(*)::int AS count FROM memberships WHERE org_id = $1 GROUP BY role',
      [tx.orgId],
    );
    return {
      owner: 0,
      admin: 0,
      agent: 0,
      viewer: 0,
      ...Object.fromEntries(rows.map((row) => [row.role, row.count])),
    };
  }
}
