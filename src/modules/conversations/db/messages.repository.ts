import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type {
  AuthorType,
  MessageCause,
  MessageHold,
  MessagePurpose,
  OutgoingMessage,
} from '../domain/message';
import type { ConsentPurpose, MediaReference, MessageContent } from '../domain/message-content';
import type { Progress } from '../domain/message-progress';
import { outgoing, OUTGOING, type OutgoingRow } from './outgoing-rows';

/** A message that a customer wrote. */
export interface NewIncoming {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly contactId: Uuid;
  readonly text: string | null;
  readonly media: readonly MediaReference[];
  readonly providerMessageId: string;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** Until when a message waits, and why. */
export interface Hold {
  readonly because: MessageHold;
  readonly until: Date;
}

/** A message that is to be sent. */
export interface NewOutgoing {
  readonly id: Uuid;
  readonly conversationId: Uuid;
  readonly content: MessageContent;
  readonly purpose: MessagePurpose;
  readonly consentPurpose: ConsentPurpose;
  readonly author: { readonly type: AuthorType; readonly id: Uuid | null };
  readonly inReplyTo: Uuid | null;
  /** It says the one-time code of the verification with its id. */
  readonly isCode?: boolean;
  /** Null: it is sent as soon as it is its turn. */
  readonly hold: Hold | null;
  readonly cause: MessageCause | null;
  readonly at: Date;
}

/** How far one of several messages has come. */
export interface MessageProgress extends Progress {
  readonly id: Uuid;
  /** Not to be offered to the provider before. */
  readonly nextAttemptAt?: Date | null;
}

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
  async insertOutgoing({ content, hold, cause, ...message }: NewOutgoing): Promise<boolean> {
    const { tx } = this.database;
    const stored = await tx.execute(
      `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, consent_purpose, body, media, template,
         author_type, author_id, in_reply_to, status, held_because, held_until, cause_type, cause_id, is_code, created_at, queued_at)
       VALUES ($1, $2, $3, 'outgoing', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)
       ON CONFLICT ON CONSTRAINT messages_one_consent_reply DO NOTHING`,
      [
        ...[tx.orgId, message.id, message.conversationId, message.purpose, message.consentPurpose],
        ...[
          content.text,
          JSON.stringify(content.media),
          content.template && JSON.stringify(content.template),
        ],
        ...[message.author.type, message.author.id, message.inReplyTo],
        ...[hold ? 'held' : 'queued', hold?.because ?? null, hold?.until ?? null],
        ...[cause?.type ?? null, cause?.id ?? null, message.isCode ?? false, message.at],
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

  /** Several outgoing messages, locked until the transaction ends; those that are gone are left out. */
  async lockAll(ids: readonly Uuid[]): Promise<OutgoingMessage[]> {
    const { tx } = this.database;
    const found = new Map<Uuid, OutgoingMessage>();
    let missing = ids;
    // One whose thread was merged into another while this waited for it is not found: see below.
    do {
      const rows = await tx.query<OutgoingRow>(
        `${OUTGOING} AND m.id = ANY ($2::uuid[]) ORDER BY m.id FOR UPDATE OF m`,
        [tx.orgId, missing],
      );
      for (const row of rows) found.set(row.id, outgoing(row));
      const left = ids.filter((id) => !found.has(id));
      missing = left.length === 0 ? [] : await this.existing(left);
    } while (missing.length > 0);
    return [...found.values()];
  }

  /** Whom these messages went to. */
  async contactsOf(ids: readonly Uuid[]): Promise<Uuid[]> {
    const { tx } = this.database;
    const rows = await tx.query<{ id: Uuid }>(
      `SELECT DISTINCT c.contact_id AS id FROM messages m
         JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE m.org_id = $1 AND m.id = ANY ($2::uuid[])`,
      [tx.orgId, ids],
    );
    return rows.map(({ id }) => id);
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

  /** True while another message of the thread with the same text is being handed over. */
  async hasTwinInHandOver({ id, conversationId, body }: OutgoingMessage): Promise<boolean> {
    const { tx } = this.database;
    const twin = await tx.one(
      `SELECT 1 AS one FROM messages
       WHERE org_id = $1 AND conversation_id = $2 AND id <> $3 AND status = 'sending'
         AND provider_message_id IS NULL AND btrim(COALESCE(body, '')) = btrim($4) LIMIT 1`,
      [tx.orgId, conversationId, id, body ?? ''],
    );
    return twin !== undefined;
  }

  /** Records how far a message has come. Throws a unique violation when another message bears that provider's id. */
  saveProgress(id: Uuid, progress: Progress): Promise<void> {
    return this.saveAll([{ id, ...progress }]);
  }

  /** The same for several, in one statement. */
  async saveAll(progress: readonly MessageProgress[]): Promise<void> {
    if (progress.length === 0) return;
    const { tx } = this.database;
    await tx.query(
      `UPDATE messages m SET status = s.status, provider_message_id = s."providerMessageId", error_code = s."errorCode",
         next_attempt_at = s."nextAttemptAt", held_because = NULL, held_until = NULL
       FROM json_to_recordset($2::json) AS s(id uuid, status text, "providerMessageId" text, "errorCode" text,
         "nextAttemptAt" timestamptz)
       WHERE m.org_id = $1 AND m.id = s.id`,
      [tx.orgId, JSON.stringify(progress)],
    );
  }

  /** How many SMS messages went out as. */
  async saveSegments(counts: readonly { readonly id: Uuid; readonly segments: number }[]): Promise<void> {
    if (counts.length === 0) return;
    const { tx } = this.database;
    await tx.query(
      `UPDATE messages m SET segments = s.segments FROM unnest($2::uuid[], $3::int[]) AS s(id, segments)
       WHERE m.org_id = $1 AND m.id = s.id`,
      [tx.orgId, counts.map(({ id }) => id), counts.map(({ segments }) => segments)],
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

  private async existing(ids: readonly Uuid[]): Promise<Uuid[]> {
    const { tx } = this.database;
    const rows = await tx.query<OutgoingRow>(`${OUTGOING} AND m.id = ANY ($2::uuid[])`, [tx.orgId, ids]);
    return rows.map(({ id }) => id);
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
}
