import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { BULK_SEND_CAUSE } from '../domain/bulk-send';
import type { MessageStatus } from '../domain/message';
import type { ConsentPurpose, TemplateUse } from '../domain/message-content';

/** A thread that is to be made. */
export interface NewThread {
  readonly id: Uuid;
  readonly contactId: Uuid;
  readonly contactAddress: string;
}

/** A message of a bulk send that is to be queued. */
export interface BulkMessage {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  /** Null where only the provider has the text of the template. */
  readonly text: string | null;
  readonly template: TemplateUse;
}

/** What all messages of a batch share. */
export interface BulkOrigin {
  readonly bulkSendId: Uuid;
  readonly author: Actor;
  readonly consentPurpose: ConsentPurpose;
  readonly at: Date;
}

const OF_CAUSE = `org_id = $1 AND cause_type = '${BULK_SEND_CAUSE}' AND cause_id = $2`;
const WAITING = `status IN ('queued', 'held')`;
/** What the provider has is on its own: a callback that is lost keeps no bulk send from its end. */
const ON_THE_WAY = `status IN ('queued', 'held', 'sending', 'unknown') AND provider_message_id IS NULL`;

/** Threads and messages of bulk sends: many with one statement. */
@Injectable()
export class BulkMessages {
  constructor(private readonly database: Database) {}

  /** Locks the threads that these contacts have on a connection. */
  async lockThreads(connectionId: Uuid, contactIds: readonly Uuid[]): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `SELECT 1 FROM conversations WHERE org_id = $1 AND connection_id = $2 AND contact_id = ANY ($3::uuid[])
       ORDER BY id FOR NO KEY UPDATE`,
      [tx.orgId, connectionId, contactIds],
    );
  }

  /**
   * Makes threads. They begin as resolved, so that they fill nobody's list of open ones; an answer opens them. False when
   * somebody else made one of them meanwhile.
   */
  async openThreads(connectionId: Uuid, threads: readonly NewThread[], at: Date): Promise<boolean> {
    if (threads.length === 0) return true;
    const { tx } = this.database;
    const made = await tx.execute(
      `INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, status, last_message_at)
       SELECT $1, t.id, t."contactId", $2, t."contactAddress", 'resolved', $3
       FROM json_to_recordset($4::json) AS t(id uuid, "contactId" uuid, "contactAddress" text)
       ON CONFLICT ON CONSTRAINT conversations_contact_connection_key DO NOTHING`,
      [tx.orgId, connectionId, at, JSON.stringify(threads)],
    );
    return made === threads.length;
  }

  /** Queues messages, each the newest of its thread. */
  async insert(messages: readonly BulkMessage[], origin: BulkOrigin): Promise<void> {
    const { tx } = this.database;
    const { author, consentPurpose, bulkSendId, at } = origin;
    await tx.query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, consent_purpose, body, template, author_type,
         author_id, status, cause_type, cause_id, created_at)
       SELECT $1, m.id, m."conversationId", 'outgoing', 'bulk', $2, m.text, m.template, $3, $4, 'queued', '${BULK_SEND_CAUSE}',
         $5, $6
       FROM json_to_recordset($7::json) AS m(id uuid, "conversationId" uuid, text text, template jsonb)`,
      [tx.orgId, consentPurpose, author.type, author.id, bulkSendId, at, JSON.stringify(messages)],
    );
    await tx.query(
      `UPDATE conversations c SET last_message_at = $2, last_message_id = m.id
       FROM unnest($3::uuid[], $4::uuid[]) AS m(id, thread)
       WHERE c.org_id = $1 AND c.id = m.thread
         AND (c.last_message_id IS NULL OR (c.last_message_at, c.last_message_id) < ($2, m.id))`,
      [tx.orgId, at, messages.map(({ id }) => id), messages.map(({ conversationId }) => conversationId)],
    );
  }

  /** How many of its messages are in the queue. */
  async countQueued(bulkSendId: Uuid): Promise<number> {
    const { tx } = this.database;
    const row = await tx.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM messages WHERE ${OF_CAUSE} AND status = 'queued'`,
      [tx.orgId, bulkSendId],
    );
    return row?.count ?? 0;
  }

  /** What of it has not come to an end: something that moves, only what is held, or nothing. */
  async onTheWay(bulkSendId: Uuid): Promise<'moving' | 'held' | null> {
    const { tx } = this.database;
    const row = await tx.one<{ moving: boolean | null }>(
      `SELECT bool_or(status <> 'held') AS moving FROM messages WHERE ${OF_CAUSE} AND ${ON_THE_WAY}`,
      [tx.orgId, bulkSendId],
    );
    const moving = row?.moving ?? null;
    if (moving === null) return null;
    return moving ? 'moving' : 'held';
  }

  /** How many of its messages have which status. */
  async statuses(bulkSendId: Uuid): Promise<ReadonlyMap<MessageStatus | 'held', number>> {
    const { tx } = this.database;
    const rows = await tx.query<{ status: MessageStatus | 'held'; count: number }>(
      `SELECT status, count(*)::int AS count FROM messages WHERE ${OF_CAUSE} GROUP BY status`,
      [tx.orgId, bulkSendId],
    );
    return new Map(rows.map(({ status, count }) => [status, count]));
  }

  /** Takes out of the queue what is in it. What is being handed over at the moment goes on. */
  async hold(bulkSendId: Uuid): Promise<void> {
    await this.change(
      bulkSendId,
      `status = 'queued'`,
      `status = 'held', held_because = 'paused', next_attempt_at = NULL`,
    );
  }

  /** Puts back what {@link hold} took out. */
  async release(bulkSendId: Uuid): Promise<void> {
    await this.change(
      bulkSendId,
      `status = 'held' AND held_because = 'paused'`,
      `status = 'queued', held_because = NULL, queued_at = now()`,
    );
  }

  /** Ends all that was not handed over. */
  async cancel(bulkSendId: Uuid): Promise<void> {
    await this.change(
      bulkSendId,
      WAITING,
      `status = 'canceled', error_code = 'canceled', held_because = NULL, held_until = NULL, next_attempt_at = NULL`,
    );
  }

  /** Locked by id first: whoever claims messages for sending waits, or is waited for and has changed them. */
  private async change(bulkSendId: Uuid, which: string, change: string): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `WITH locked AS MATERIALIZED (
         SELECT id FROM messages WHERE ${OF_CAUSE} AND ${which} ORDER BY id FOR UPDATE
       ) UPDATE messages m SET ${change} FROM locked WHERE m.org_id = $1 AND m.id = locked.id`,
      [tx.orgId, bulkSendId],
    );
  }
}
