import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import type { StatusEvent } from '../domain/status-event';

/** An event as it was kept. */
export interface StatusEventRow extends StatusEvent, Record<string, unknown> {
  readonly id: Uuid;
  /** When we heard of it. */
  readonly recordedAt: Date;
  /** {@link occurredAt} to the microsecond, for the cursor. */
  readonly position: string;
}

/** The append-only record of what providers said about messages. */
@Injectable()
export class StatusEvents {
  constructor(private readonly database: Database) {}

  /** Adds what was told, in the order in which it is given; also what moves nothing. One statement, however many. */
  async append(events: readonly StatusEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO message_status_events (org_id, id, message_id, provider_message_id, status, error_code, source, occurred_at)
       SELECT $1, e.id, e."messageId", e."providerMessageId", e.status, e."errorCode", e.source, e."occurredAt"
       FROM json_to_recordset($2::json) AS e(id uuid, "messageId" uuid, "providerMessageId" text, status text,
         "errorCode" text, source text, "occurredAt" timestamptz)`,
      [tx.orgId, JSON.stringify(events.map((event) => ({ id: newId(), ...event })))],
    );
  }

  /** What was told about one message, oldest first: one scan of idx_message_status_events_message. */
  list(messageId: Uuid, after: Position | null, limit: number): Promise<StatusEventRow[]> {
    const { tx } = this.database;
    const beyond = after ? 'AND (occurred_at, id) > ($4::timestamptz, $5::uuid)' : '';
    return tx.query<StatusEventRow>(
      `SELECT id, message_id AS "messageId", provider_message_id AS "providerMessageId", status, error_code AS "errorCode",
         source, occurred_at AS "occurredAt", created_at AS "recordedAt", to_json(occurred_at) #>> '{}' AS position
       FROM message_status_events WHERE org_id = $1 AND message_id = $2 ${beyond}
       ORDER BY occurred_at, id LIMIT $3`,
      [tx.orgId, messageId, limit, ...(after ?? [])],
    );
  }
}
