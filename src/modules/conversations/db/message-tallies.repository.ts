import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** The messages of one organization on one day, by what has become of them. */
export interface MessageTally {
  readonly orgId: Uuid;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly received: number;
  readonly waiting: number;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
}

/** So many days are counted anew each time: what becomes of a message is known by then. */
const RECENT_DAYS = 3;
/** So far back counting begins where nothing was counted yet. */
const FIRST_DAYS = 31;
/** So long days are kept that were counted. */
const KEPT_DAYS = 400;

/** Messages counted by day, so that an overview reads days and not messages. */
@Injectable()
export class MessageTallies {
  constructor(private readonly database: Database) {}

  /**
   * Counts the recent days of the organization at hand, and all since it was counted last. Ids are made in the order of time,
   * so the primary key leads to them; an hour of grace, since a message is stored after its time and on another clock.
   */
  async count(now: Date): Promise<void> {
    const { tx } = this.database;
    const since = await this.firstDay(now);
    await tx.execute(
      `INSERT INTO message_tallies (org_id, day, received, waiting, sent, delivered, failed)
       SELECT org_id, (created_at AT TIME ZONE 'UTC')::date,
         count(*) FILTER (WHERE status = 'received'),
         count(*) FILTER (WHERE status IN ('queued', 'unknown') OR (status = 'sending' AND provider_message_id IS NULL)),
         count(*) FILTER (WHERE status = 'sent' OR (status = 'sending' AND provider_message_id IS NOT NULL)),
         count(*) FILTER (WHERE status IN ('delivered', 'read')),
         count(*) FILTER (WHERE status IN ('failed', 'undelivered', 'canceled'))
       FROM messages WHERE org_id = $1 AND id >= $2 AND created_at >= $3 GROUP BY 1, 2
       ON CONFLICT (org_id, day) DO UPDATE SET received = excluded.received, waiting = excluded.waiting,
         sent = excluded.sent, delivered = excluded.delivered, failed = excluded.failed`,
      [tx.orgId, firstIdAt(new Date(since.getTime() - 3_600_000)), since],
    );
    await tx.execute('DELETE FROM message_tallies WHERE org_id = $1 AND day < ($2::date - $3::int)', [
      tx.orgId,
      now,
      KEPT_DAYS,
    ]);
  }

  /** Of many organizations; needs none. */
  of(orgIds: readonly Uuid[], since: string): Promise<MessageTally[]> {
    return this.database.platform<MessageTally & Record<string, unknown>>(
      'SELECT org_id AS "orgId", day, received, waiting, sent, delivered, failed FROM message_tallies_of($1, $2)',
      [orgIds, since],
    );
  }

  private async firstDay(now: Date): Promise<Date> {
    const { tx } = this.database;
    const row = await tx.one<{ since: Date }>(
      `SELECT GREATEST(today - $3::int, LEAST(today - $4::int, COALESCE(max(day), today - $3::int)))::timestamp AT TIME ZONE 'UTC' AS since
       FROM (SELECT ($2::timestamptz AT TIME ZONE 'UTC')::date AS today) clock
       LEFT JOIN message_tallies ON org_id = $1 GROUP BY today`,
      [tx.orgId, now, FIRST_DAYS, RECENT_DAYS - 1],
    );
    if (!row) throw new Error('today is a day');
    return row.since;
  }
}

/** The smallest id (UUID v7, RFC 9562) that can be made at a time. */
function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
