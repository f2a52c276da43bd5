import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Counts } from '../../contacts';

interface Thread extends Record<string, unknown> {
  id: Uuid;
  contact_id: Uuid;
  connection_id: Uuid | null;
}

/** Threads of a contact that becomes another one's. */
@Injectable()
export class ThreadMerges {
  constructor(private readonly database: Database) {}

  /**
   * Hands over every thread. Where both contacts have one on the same connection, there can be one only: the messages of the
   * two become one thread, in the order of their times.
   */
  async move(from: Uuid, into: Uuid): Promise<Counts> {
    const { tx } = this.database;
    const threads = await tx.query<Thread>(
      `SELECT id, contact_id, connection_id FROM conversations WHERE contact_id = ANY ($1) ORDER BY id FOR UPDATE`,
      [[from, into]],
    );
    const leaving = threads.filter(({ contact_id }) => contact_id === from);
    const staying = new Map(
      threads
        .filter(({ contact_id }) => contact_id === into)
        .map((thread) => [thread.connection_id, thread.id]),
    );
    let messages = 0;
    let joinedConversations = 0;
    for (const { id, connection_id } of leaving) {
      const target = connection_id === null ? undefined : staying.get(connection_id);
      messages += await this.moveMessages(id, target ?? id, into);
      if (target) {
        await this.join(id, target);
        joinedConversations++;
      } else await tx.query('UPDATE conversations SET contact_id = $2 WHERE id = $1', [id, into]);
    }
    return { conversations: leaving.length, joinedConversations, messages };
  }

  private moveMessages(thread: Uuid, target: Uuid, author: Uuid): Promise<number> {
    return this.database.tx.execute(
      `UPDATE messages SET conversation_id = $2,
         author_id = CASE WHEN author_type = 'contact' THEN $3 ELSE author_id END
       WHERE conversation_id = $1`,
      [thread, target, author],
    );
  }

  /**
   * The newest message is the newest of both. Where the customer wrote last is where they are answered, and the session
   * window is that of this address: the provider keeps one for each number.
   */
  private async join(thread: Uuid, target: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE conversations t SET
         (contact_address, business_address, session_window_ends_at, last_inbound_at) = (
           SELECT contact_address, business_address, session_window_ends_at, last_inbound_at FROM conversations
           WHERE org_id = t.org_id AND id IN (t.id, f.id) ORDER BY last_inbound_at DESC NULLS LAST, id LIMIT 1),
         (last_message_at, last_message_id) = (
           SELECT last_message_at, last_message_id FROM conversations
           WHERE org_id = t.org_id AND id IN (t.id, f.id) ORDER BY last_message_at DESC, last_message_id DESC NULLS LAST LIMIT 1),
         status = CASE WHEN 'open' IN (t.status, f.status) THEN 'open' ELSE t.status END,
         assignee_id = COALESCE(t.assignee_id, f.assignee_id),
         answered_by = CASE WHEN 'human' IN (t.answered_by, f.answered_by) THEN 'human' ELSE t.answered_by END
       FROM conversations f WHERE f.org_id = t.org_id AND f.id = $1 AND t.id = $2`,
      [thread, target],
    );
    await tx.query('UPDATE calls SET conversation_id = $2 WHERE conversation_id = $1', [thread, target]);
    await tx.query('DELETE FROM conversations WHERE id = $1', [thread]);
  }
}
