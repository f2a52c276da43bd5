import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** The deliveries to one organization on one day, by what has become of them. */
export interface WebhookTally {
  readonly orgId: Uuid;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly waiting: number;
  readonly processed: number;
  readonly failed: number;
  readonly refused: number;
}

/** How many numbers an organization has connected. */
export interface ConnectionCount {
  readonly orgId: Uuid;
  readonly active: number;
  readonly total: number;
}

/** So many days are counted anew each time: a delivery is worked off, or dead, by then. */
const RECENT_DAYS = 3;
/** So far back counting begins where nothing was counted yet. */
const FIRST_DAYS = 31;
/** So long days are kept that were counted: longer than the deliveries themselves. */
const KEPT_DAYS = 400;

/** Deliveries counted by day, so that an overview reads days and not deliveries; and connections, which are few. */
@Injectable()
export class ChannelTallies {
  constructor(private readonly database: Database) {}

  /** Counts the recent days of the organization at hand, and all since it was counted last. */
  async count(now: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `WITH clock AS (SELECT ($2::timestamptz AT TIME ZONE 'UTC')::date AS today), since AS (
         SELECT GREATEST(today - $3::int, LEAST(today - $4::int, COALESCE(max(day), today - $3::int)))::timestamp AT TIME ZONE 'UTC' AS at
         FROM clock LEFT JOIN webhook_tallies ON org_id = $1 GROUP BY today
       )
       INSERT INTO webhook_tallies (org_id, day, waiting, processed, failed, refused)
       SELECT org_id, (received_at AT TIME ZONE 'UTC')::date,
         count(*) FILTER (WHERE processing_status IN ('pending', 'processing')),
         count(*) FILTER (WHERE processing_status = 'processed'),
         count(*) FILTER (WHERE processing_status = 'failed' AND response_status < 400),
         count(*) FILTER (WHERE processing_status = 'failed' AND response_status >= 400)
       FROM webhook_logs WHERE org_id = $1 AND received_at >= (SELECT at FROM since) GROUP BY 1, 2
       ON CONFLICT (org_id, day) DO UPDATE SET waiting = excluded.waiting, processed = excluded.processed,
         failed = excluded.failed, refused = excluded.refused`,
      [tx.orgId, now, FIRST_DAYS, RECENT_DAYS - 1],
    );
    await tx.execute('DELETE FROM webhook_tallies WHERE org_id = $1 AND day < ($2::date - $3::int)', [
      tx.orgId,
      now,
      KEPT_DAYS,
    ]);
  }

  /** Of many organizations; needs none. */
  of(orgIds: readonly Uuid[], since: string): Promise<WebhookTally[]> {
    return this.database.platform<WebhookTally & Record<string, unknown>>(
      'SELECT org_id AS "orgId", day, waiting, processed, failed, refused FROM webhook_tallies_of($1, $2)',
      [orgIds, since],
    );
  }

  /** Of many organizations; those without a connection are left out. Needs none. */
  connections(orgIds: readonly Uuid[]): Promise<ConnectionCount[]> {
    return this.database.platform<ConnectionCount & Record<string, unknown>>(
      'SELECT org_id AS "orgId", active, total FROM connection_figures_of($1)',
      [orgIds],
    );
  }
}
