import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** A thread as writing in it needs it. */
export interface ConversationRow extends Record<string, unknown> {
  id: Uuid;
  contact_id: Uuid;
  connection_id: Uuid | null;
  contact_address: string;
  session_window_ends_at: Date | null;
}

/** Whose thread, and on which number. */
export interface ThreadPlace {
  readonly contactId: Uuid;
  /** Null when the number was removed in the meantime. */
  readonly connectionId: Uuid | null;
  readonly contactAddress: string;
  readonly at: Date;
}

/** A message that a thread now has. */
export interface ThreadMessage {
  readonly conversationId: Uuid;
  readonly messageId: Uuid;
  readonly at: Date;
}

/** Who wrote, and to which number of ours: where they are answered, and from where. */
export interface ThreadSides {
  readonly contactAddress: string;
  readonly businessAddress: string;
}

const COLUMNS = 'id, contact_id, connection_id, contact_address, session_window_ends_at';

/** The newest message stays the newest, in whatever order messages are stored. */
const NEWEST = `
  last_message_id = CASE WHEN last_message_id IS NULL OR (last_message_at, last_message_id) < ($3, $4) THEN $4
    ELSE last_message_id END,
  last_message_at = greatest(last_message_at, $3)`;

/** Threads. In SQL throughout: each statement locks, merges or is on the way of every message. */
@Injectable()
export class ConversationsRepository {
  constructor(private readonly database: Database) {}

  /** Locks a thread until the transaction ends: messages of one thread are made one after the other. */
  lock(id: Uuid): Promise<ConversationRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConversationRow>(
      `SELECT ${COLUMNS} FROM conversations WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [tx.orgId, id],
    );
  }

  /** The thread of a contact on a connection, locked; made when it is not there. Two at once get the same one. */
  async lockOrCreate(place: ThreadPlace): Promise<ConversationRow> {
    const found = await this.lockAt(place);
    if (found) return found;
    await this.insert(place);
    const made = await this.lockAt(place);
    if (!made) throw new Error('a conversation that was just made is gone');
    return made;
  }

  /** The customer wrote: the window opens again, and so does a thread that was put aside. */
  async noteIncoming(
    message: ThreadMessage,
    { contactAddress, businessAddress }: ThreadSides,
    sessionWindowEndsAt: Date,
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE conversations SET ${NEWEST},
         last_inbound_at = greatest(last_inbound_at, $3),
         session_window_ends_at = greatest(session_window_ends_at, $6),
         contact_address = $5,
         business_address = CASE WHEN last_inbound_at > $3 THEN business_address ELSE $7 END,
         status = CASE WHEN status IN ('resolved', 'snoozed') THEN 'open' ELSE status END
       WHERE org_id = $1 AND id = $2`,
      [
        ...[tx.orgId, message.conversationId, message.at, message.messageId],
        ...[contactAddress, sessionWindowEndsAt, businessAddress],
      ],
    );
  }

  /** A message of ours stands in the thread. */
  async noteOutgoing({ conversationId, messageId, at }: ThreadMessage): Promise<void> {
    const { tx } = this.database;
    await tx.query(`UPDATE conversations SET ${NEWEST} WHERE org_id = $1 AND id = $2`, [
      tx.orgId,
      conversationId,
      at,
      messageId,
    ]);
  }

  /** Somebody called: a thread that was put aside opens again, and comes up in lists. */
  async noteCall(id: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE conversations SET last_message_at = greatest(last_message_at, $3),
         status = CASE WHEN status IN ('resolved', 'snoozed') THEN 'open' ELSE status END
       WHERE org_id = $1 AND id = $2 AND (last_message_at < $3 OR status IN ('resolved', 'snoozed'))`,
      [tx.orgId, id, at],
    );
  }

  /** A caller left a message; no session window comes of it. */
  async noteVoicemail({ conversationId, messageId, at }: ThreadMessage): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE conversations SET ${NEWEST}, last_inbound_at = greatest(last_inbound_at, $3) WHERE org_id = $1 AND id = $2`,
      [tx.orgId, conversationId, at, messageId],
    );
  }

  private lockAt({ contactId, connectionId }: ThreadPlace): Promise<ConversationRow | undefined> {
    const { tx } = this.database;
    const params = [tx.orgId, contactId, ...(connectionId ? [connectionId] : [])];
    return tx.one<ConversationRow>(
      `SELECT ${COLUMNS} FROM conversations
       WHERE org_id = $1 AND contact_id = $2 AND ${connectionId ? 'connection_id = $3' : 'connection_id IS NULL'}
       ORDER BY last_message_at DESC LIMIT 1 FOR NO KEY UPDATE`,
      params,
    );
  }

  private async insert({ contactId, connectionId, contactAddress, at }: ThreadPlace): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO conversations (org_id, id, contact_id, connection_id, contact_address, last_message_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT conversations_contact_connection_key DO NOTHING`,
      [tx.orgId, newId(), contactId, connectionId, contactAddress, at],
    );
  }
}
