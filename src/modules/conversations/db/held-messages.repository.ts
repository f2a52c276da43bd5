import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { MessageCause } from '../domain/message';
import type { Hold } from './messages.repository';

/** Messages that wait for a time. */
@Injectable()
export class HeldMessages {
  constructor(private readonly database: Database) {}

  /** Messages, locked, that wait until `hold.until`. */
  async hold(holds: readonly (Hold & { readonly id: Uuid })[]): Promise<void> {
    if (holds.length === 0) return;
    const { tx } = this.database;
    await tx.query(
      `UPDATE messages m SET status = 'held', held_because = h.because, held_until = h.until, next_attempt_at = NULL
       FROM json_to_recordset($2::json) AS h(id uuid, because text, until timestamptz)
       WHERE m.org_id = $1 AND m.id = h.id`,
      [tx.orgId, JSON.stringify(holds)],
    );
  }

  /** Organizations in which a message's time has come. Works without an organization. */
  async dueOrganizations(now: Date): Promise<Uuid[]> {
    const rows = await this.database.platform<{ org_id: Uuid }>(
      'SELECT org_id FROM list_due_held_messages($1) AS org_id',
      [now],
    );
    return rows.map((row) => row.org_id);
  }

  /** Lets go of at most `limit` messages whose time has come: from now on they wait for their turn. Tells their connections. */
  async release(now: Date, limit: number): Promise<{ connectionIds: Uuid[]; count: number }> {
    const { tx } = this.database;
    const rows = await tx.query<{ connection_id: Uuid | null }>(
      `UPDATE messages m SET status = 'queued', queued_at = $2, held_because = NULL, held_until = NULL
       FROM (SELECT id FROM messages WHERE org_id = $1 AND status = 'held' AND held_until <= $2
         ORDER BY held_until, id LIMIT $3 FOR UPDATE SKIP LOCKED) due
       WHERE m.org_id = $1 AND m.id = due.id RETURNING m.connection_id`,
      [tx.orgId, now, limit],
    );
    const connectionIds = [...new Set(rows.flatMap((row) => row.connection_id ?? []))];
    return { connectionIds, count: rows.length };
  }

  /** Cancels what was made for a cause and was not handed over yet. Tells how many. */
  async cancel({ type, id }: MessageCause): Promise<number> {
    const { tx } = this.database;
    return tx.execute(
      `UPDATE messages SET status = 'canceled', error_code = 'canceled', held_because = NULL, held_until = NULL,
         next_attempt_at = NULL
       WHERE org_id = $1 AND cause_type = $2 AND cause_id = $3 AND status IN ('held', 'queued')`,
      [tx.orgId, type, id],
    );
  }
}
