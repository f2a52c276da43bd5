import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type {
  AuthorType,
  MediaReference,
  MessagePurpose,
  MessageStatus,
  OutgoingMessage,
} from '../domain/message';
import type { Progress } from '../domain/message-progress';

/** A message that a customer wrote. */
export interface NewIncoming {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly contactId: Uuid;
  readonly text: string | null;
  readonly media: readonly MediaReference[];
  readonly providerMessageId: string;
  readonly raw: Readonly<Record<string, string>>;
  readonly at: Date;
}

/** A message that is to be sent. */
export interface NewOutgoing {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly text: string;
  readonly purpose: MessagePurpose;
  readonly author: { readonly type: AuthorType; readonly id: Uuid | null };
  readonly inReplyTo: Uuid | null;
  readonly at: Date;
}

/** Whose turn it is in a thread. */
export interface ThreadHead extends Record<string, unknown> {
  id: Uuid;
  status: MessageStatus;
  attempt: number;
}

interface OutgoingRow extends Record<string, unknown> {
  id: Uuid;
  conversation_id: Uuid;
  contact_id: Uuid;
  connection_id: Uuid | null;
  contact_address: string;
  body: string;
  purpose: MessagePurpose;
  status: MessageStatus;
  provider_message_id: string | null;
  error_code: string | null;
  attempt: number;
  attempted_at: Date | null;
  created_at: Date;
  session_window_ends_at: Date | null;
}

const OUTGOING = `
  SELECT m.id, m.conversation_id, c.contact_id, c.connection_id, c.contact_address, m.body, m.purpose, m.status,
    m.provider_message_id, m.error_code, m.attempt, m.attempted_at, m.created_at, c.session_window_ends_at
  FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
  WHERE m.org_id = $1 AND m.direction = 'outgoing'`;

/** Messages. In SQL throughout, like threads. */
@Injectable()
export class MessagesRepository {
  constructor(private readonly database: Database) {}

  /** False when this message of the provider is stored already. */
  async insertIncoming(message: NewIncoming): Promise<boolean> {
    const { tx } = this.database;
    const stored = await tx.execute(
      `INSERT INTO messages (org_id, id, conversation_id, direction, body, media, author_type, author_id,
         provider_message_id, raw_payload, status, created_at)
       VALUES ($1, $2, $3, 'incoming', $4, $5, 'contact', $6, $7, $8, 'received', $9)
       ON CONFLICT (org_id, provider_message_id) DO NOTHING`,
      [
        tx.orgId,
        message.id,
        message.conversationId,
        message.text,
        JSON.stringify(message.media),
        message.contactId,
        message.providerMessageId,
        JSON.stringify(message.raw),
        message.at,
      ],
    );
    return stored === 1;
  }

  /** False when the message that it answers has such an answer already. */
  async insertOutgoing(message: NewOutgoing): Promise<boolean> {
    const { tx } = this.database;
    const stored = await tx.execute(
      `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, body, author_type, author_id,
         in_reply_to, status, created_at)
       VALUES ($1, $2, $3, 'outgoing', $4, $5, $6, $7, $8, 'queued', $9)
       ON CONFLICT ON CONSTRAINT messages_one_consent_reply DO NOTHING`,
      [
        tx.orgId,
        message.id,
        message.conversationId,
        message.purpose,
        message.text,
        message.author.type,
        message.author.id,
        message.inReplyTo,
        message.at,
      ],
    );
    return stored === 1;
  }

  /**
   * An outgoing message, locked with its thread until the transaction ends: what is decided by the order of a thread's
   * messages is decided one after the other.
   */
  lockWithThread(id: Uuid): Promise<OutgoingMessage | undefined> {
    return this.locked('m.id', id, 'FOR NO KEY UPDATE OF c FOR UPDATE OF m');
  }

  /** An outgoing message, locked until the transaction ends. */
  lock(id: Uuid): Promise<OutgoingMessage | undefined> {
    return this.locked('m.id', id, 'FOR UPDATE OF m');
  }

  /** The same without a lock. */
  async find(id: Uuid): Promise<OutgoingMessage | undefined> {
    const { tx } = this.database;
    const row = await tx.one<OutgoingRow>(`${OUTGOING} AND m.id = $2`, [tx.orgId, id]);
    return row && outgoing(row);
  }

  /** The outgoing message with this id of the provider, locked. */
  lockByProviderId(providerMessageId: string): Promise<OutgoingMessage | undefined> {
    return this.locked('m.provider_message_id', providerMessageId, 'FOR UPDATE OF m');
  }

  /**
   * While this waits for the lock, the thread can be merged into another: then the statement finds neither the message where
   * it was nor where it is, and is asked again.
   */
  private async locked(
    column: 'm.id' | 'm.provider_message_id',
    value: string,
    lock: string,
  ): Promise<OutgoingMessage | undefined> {
    const { tx } = this.database;
    const sql = `${OUTGOING} AND ${column} = $2`;
    for (;;) {
      const row = await tx.one<OutgoingRow>(`${sql} ${lock}`, [tx.orgId, value]);
      if (row) return outgoing(row);
      if (!(await tx.one(sql, [tx.orgId, value]))) return undefined;
    }
  }

  /** The first of a thread's replies made since `since` that waits to be sent or is being handed over. */
  async head(conversationId: Uuid, since: Date): Promise<ThreadHead | undefined> {
    const { tx } = this.database;
    return tx.one<ThreadHead>(
      `SELECT id, status, attempt FROM messages
       WHERE org_id = $1 AND conversation_id = $2 AND created_at >= $3 AND purpose = 'reply'
         AND (status = 'queued' OR (status = 'sending' AND provider_message_id IS NULL))
       ORDER BY created_at, id LIMIT 1`,
      [tx.orgId, conversationId, since],
    );
  }

  /** True while another message of the thread with the same text is being handed over. */
  async hasTwinInHandOver({ id, conversationId, body }: OutgoingMessage): Promise<boolean> {
    const { tx } = this.database;
    const twin = await tx.one(
      `SELECT 1 AS one FROM messages
       WHERE org_id = $1 AND conversation_id = $2 AND id <> $3 AND status = 'sending'
         AND provider_message_id IS NULL AND btrim(body) = btrim($4) LIMIT 1`,
      [tx.orgId, conversationId, id, body],
    );
    return twin !== undefined;
  }

  /** Begins to hand a message over; its outcome is recorded under the attempt that this returns. */
  async beginAttempt(id: Uuid, at: Date): Promise<number> {
    const { tx } = this.database;
    const row = await tx.one<{ attempt: number }>(
      `UPDATE messages SET status = 'sending', attempt = attempt + 1, attempted_at = $3, error_code = NULL
       WHERE org_id = $1 AND id = $2 RETURNING attempt`,
      [tx.orgId, id, at],
    );
    if (!row) throw new Error('a locked message is gone');
    return row.attempt;
  }

  /** Records how far a message has come. Throws a unique violation when another message bears that provider's id. */
  async saveProgress(id: Uuid, { status, providerMessageId, errorCode }: Progress): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE messages SET status = $3, provider_message_id = $4, error_code = $5 WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, status, providerMessageId, errorCode],
    );
  }

  /** The message was not sent, and will not be. */
  fail(id: Uuid, errorCode: string | null): Promise<void> {
    return this.saveProgress(id, { status: 'failed', providerMessageId: null, errorCode });
  }

  /** Those of the provider's ids that belong to messages of ours. */
  async taken(providerMessageIds: readonly string[]): Promise<Set<string>> {
    const { tx } = this.database;
    const rows = await tx.query<{ id: string }>(
      'SELECT provider_message_id AS id FROM messages WHERE org_id = $1 AND provider_message_id = ANY ($2)',
      [tx.orgId, providerMessageIds],
    );
    return new Set(rows.map((row) => row.id));
  }
}

function outgoing(row: OutgoingRow): OutgoingMessage {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    contactId: row.contact_id,
    connectionId: row.connection_id,
    to: row.contact_address,
    body: row.body,
    purpose: row.purpose,
    status: row.status,
    providerMessageId: row.provider_message_id,
    errorCode: row.error_code,
    attempt: row.attempt,
    attemptedAt: row.attempted_at,
    createdAt: row.created_at,
    sessionWindowEndsAt: row.session_window_ends_at,
  };
}
