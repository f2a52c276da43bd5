import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Channel } from '../../channels';
import type { OutgoingMessage } from '../domain/message';

/** Words about consent that customers wrote, and what was answered. */
@Injectable()
export class ConsentAnswers {
  constructor(private readonly database: Database) {}

  /**
   * Those of `messages` that tell a person that their word was obeyed, which may be sent whatever their consent is by then.
   * The database has the same rule, and refuses any other.
   */
  async answered(messages: readonly OutgoingMessage[], channel: Channel): Promise<ReadonlySet<Uuid>> {
    const ids = messages.filter(({ purpose }) => purpose === 'consent_reply').map(({ id }) => id);
    if (ids.length === 0) return new Set();
    const { tx } = this.database;
    const rows = await tx.query<{ id: Uuid }>(
      `SELECT m.id FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE m.org_id = $1 AND m.id = ANY ($2::uuid[])
         AND answers_consent_word(m.org_id, m.conversation_id, m.in_reply_to, c.contact_address, $3)`,
      [tx.orgId, ids, channel],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
