import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';

/** A call of some organization that is under way, as far as is known. */
export interface OpenCall extends Record<string, unknown> {
  readonly org_id: Uuid;
  readonly id: Uuid;
  readonly started_at: Date;
}

/** A call as the provider is asked for it. */
export interface AskedForCall extends Record<string, unknown> {
  readonly connectionId: Uuid;
  readonly providerCallId: string;
}

const UNDER_WAY = `status IN ('queued', 'ringing', 'in_progress')`;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Calls whose end is not known. */
@Injectable()
export class OpenCalls {
  constructor(private readonly database: Database) {}

  /** Those of all organizations that began before `startedBefore`, oldest first, after `after`; at most `limit`. Needs no organization at hand. */
  page(startedBefore: Date, after: OpenCall | undefined, limit: number): Promise<OpenCall[]> {
    return this.database.platform<OpenCall>(
      'SELECT org_id, id, started_at FROM list_open_calls($1, $2, $3, $4)',
      [startedBefore, after?.started_at ?? '-infinity', after?.id ?? NOBODY, limit],
    );
  }

  /** One of the organization at hand; undefined when it is over, or its number was removed: nobody can ask for it then. */
  find(id: Uuid): Promise<AskedForCall | undefined> {
    const { tx } = this.database;
    return tx.one<AskedForCall>(
      `SELECT connection_id AS "connectionId", provider_call_id AS "providerCallId" FROM calls
       WHERE org_id = $1 AND id = $2 AND ${UNDER_WAY} AND connection_id IS NOT NULL`,
      [tx.orgId, id],
    );
  }

  /** Those of the provider's calls that are under way here. */
  async underWay(providerCallIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (providerCallIds.length === 0) return new Set();
    const { tx } = this.database;
    const rows = await tx.query<{ id: string }>(
      `SELECT provider_call_id AS id FROM calls WHERE org_id = $1 AND provider_call_id = ANY ($2::text[]) AND ${UNDER_WAY}`,
      [tx.orgId, providerCallIds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Nobody will tell any more how it ended. */
  async giveUp(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE calls SET status = 'failed', error_code = COALESCE(error_code, 'end_unknown')
       WHERE org_id = $1 AND id = $2 AND ${UNDER_WAY}`,
      [tx.orgId, id],
    );
  }
}
