import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** A conversation of some organization whose session window is about to close. */
export interface ClosingWindow extends Record<string, unknown> {
  readonly org_id: Uuid;
  readonly id: Uuid;
  /** The end of its window, exactly. */
  readonly position: string;
}

/** One that was found to be unanswered, and of which it is now told. */
export interface WarnedWindow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly contactId: Uuid;
  readonly endsAt: Date;
}

/** What comes before every one. */
const FIRST = ['-infinity', '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'];

/** Finds session windows that are about to close. Works without an organization until it notes what was told. */
@Injectable()
export class ClosingWindows {
  constructor(private readonly database: Database) {}

  /** Of all organizations, ending after `from` and up to `until`; at most `limit`, which is at most 500. */
  page(from: Date, until: Date, after: ClosingWindow | undefined, limit: number): Promise<ClosingWindow[]> {
    const [end, org, id] = after ? [after.position, after.org_id, after.id] : FIRST;
    return this.database.platform<ClosingWindow>(
      `SELECT org_id, id, ends_at::text AS position FROM find_closing_windows($1, $2, $3::timestamptz, $4, $5, $6)`,
      [from, until, end, org, id, limit],
    );
  }

  /**
   * Notes of those of `ids` that nobody has answered that it was told of their window, and returns them: each once for a
   * window, also where two do it at the same time. An answer that failed is none, nor is a message to many.
   */
  async warn(ids: readonly Uuid[], from: Date, until: Date): Promise<WarnedWindow[]> {
    const { tx } = this.database;
    return tx.query<WarnedWindow>(
      `WITH locked AS MATERIALIZED (
         SELECT id FROM conversations WHERE org_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE
       )
       UPDATE conversations c SET window_warned_at = c.session_window_ends_at
       FROM locked
       WHERE c.org_id = $1 AND c.id = locked.id
         AND c.session_window_ends_at > $3 AND c.session_window_ends_at <= $4
         AND c.window_warned_at IS DISTINCT FROM c.session_window_ends_at AND c.status IN ('open', 'pending')
         AND EXISTS (SELECT FROM channel_connections n
           WHERE n.org_id = c.org_id AND n.id = c.connection_id AND n.channel = 'whatsapp')
         AND NOT EXISTS (SELECT FROM messages m
           WHERE m.org_id = c.org_id AND m.conversation_id = c.id AND m.created_at >= c.last_inbound_at
             AND m.direction = 'outgoing' AND m.purpose = 'reply'
             AND m.status NOT IN ('failed', 'undelivered', 'canceled'))
       RETURNING c.id, c.contact_id AS "contactId", c.session_window_ends_at AS "endsAt"`,
      [tx.orgId, ids, from, until],
    );
  }
}
