import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import {
  exportPage,
  HoldsContactData,
  type ContactDataHolder,
  type Counts,
  type DataSubject,
  type ExportRow,
  type ExportSection,
  type FilePage,
  type InOrg,
  type TimelinePart,
} from '../../contacts';
import { ContactMedia } from './contact-media';
import { ThreadMerges } from './thread-merges';

/** How many messages go in one transaction. */
const BATCH = 500;

/** Threads and messages: what was said with a contact. */
@Injectable()
@HoldsContactData({
  stair: 2,
  tables: ['conversations', 'messages', 'message_status_events', 'media_files', 'phone_verifications'],
})
export class ConversationContactData implements ContactDataHolder {
  constructor(
    private readonly database: Database,
    private readonly merges: ThreadMerges,
    private readonly media: ContactMedia,
  ) {}

  readonly timeline: readonly TimelinePart[] = [
    {
      type: 'message',
      permission: 'conversations.read',
      sql: `SELECT m.created_at AS at, 'message' AS type, m.id, jsonb_build_object('conversationId', c.id,
          'direction', m.direction, 'status', m.status, 'text', m.body, 'media', jsonb_array_length(m.media),
          'authorType', m.author_type, 'authorId', m.author_id) AS detail
        FROM conversations c CROSS JOIN LATERAL (
          SELECT * FROM messages n
          WHERE n.conversation_id = c.id AND (n.created_at, n.id) < ($2::timestamptz, $3::uuid)
          ORDER BY n.created_at DESC, n.id DESC LIMIT $4::int
        ) m
        WHERE c.contact_id = $1`,
    },
  ];

  readonly sections: readonly ExportSection[] = [
    this.section(
      'conversations',
      `SELECT id::text AS position, id, connection_id, contact_address, business_address, status, answered_by,
         session_window_ends_at, last_message_at, last_inbound_at, created_at
       FROM conversations WHERE contact_id = $1 AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
    ),
    this.section(
      'messages',
      `SELECT m.id::text AS position, m.id, m.conversation_id, m.direction, m.purpose, m.body, m.media, m.template,
         m.author_type, m.provider_message_id, m.raw_payload, m.status, m.error_code, m.segments,
         m.created_at
       FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE c.contact_id = $1 AND ($2::text IS NULL OR m.id > $2::uuid) ORDER BY m.id LIMIT $3`,
    ),
    this.section(
      'message-status-events',
      `SELECT e.id::text AS position, e.id, e.message_id, e.provider_message_id, e.status, e.error_code, e.source,
         e.occurred_at, e.created_at
       FROM conversations c JOIN messages m ON m.org_id = c.org_id AND m.conversation_id = c.id
       JOIN message_status_events e ON e.org_id = m.org_id AND e.message_id = m.id
       WHERE c.contact_id = $1 AND ($2::text IS NULL OR e.id > $2::uuid) ORDER BY e.id LIMIT $3`,
    ),
    {
      name: 'verification-codes',
      page: async ({ addresses }, position, limit) =>
        exportPage(
          await this.database.tx.query<ExportRow>(
            `SELECT id::text AS position, id, phone, channel, status, attempts, expires_at, created_at FROM phone_verifications
             WHERE phone = ANY ($1::text[]) AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
            [addresses, position, limit],
          ),
          limit,
        ),
    },
    this.section(
      'media-files',
      `SELECT f.id::text AS position, f.id, f.message_id, f.direction, f.status, f.error_code, f.declared_type, f.content_type,
         f.size_bytes, f.sha256, f.file_name, f.created_at
       FROM media_files f JOIN messages m ON m.org_id = f.org_id AND m.id = f.message_id
         JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE c.contact_id = $1 AND ($2::text IS NULL OR f.id > $2::uuid) ORDER BY f.id LIMIT $3`,
    ),
  ];

  files(subject: DataSubject, position: string | null, limit: number): Promise<FilePage> {
    return this.media.page(subject, position, limit);
  }

  /** An address that a thread answers to may have become somebody else's since: then it is not told. */
  async addressesOf(contactId: Uuid): Promise<string[]> {
    const rows = await this.database.tx.query<{ address: string }>(
      `SELECT DISTINCT contact_address AS address FROM conversations c
       WHERE contact_id = $1 AND NOT EXISTS (
         SELECT FROM phone_number_mappings p WHERE p.phone_number = c.contact_address AND p.contact_id <> $1)`,
      [contactId],
    );
    return rows.map(({ address }) => address);
  }

  move(from: Uuid, into: Uuid): Promise<Counts> {
    return this.merges.move(from, into);
  }

  async eraseAhead({ contactId }: DataSubject, inOrg: InOrg): Promise<void> {
    while ((await inOrg(() => this.eraseMessages(contactId))) > 0);
  }

  /** What waits to be sent goes, too: the job that would send it finds nothing. */
  async erase({ contactId, addresses }: DataSubject): Promise<void> {
    const { tx } = this.database;
    // Locked first: a message that is being written comes before, or finds no thread.
    const threads = await tx.query<{ id: Uuid }>(
      'SELECT id FROM conversations WHERE contact_id = $1 ORDER BY id FOR UPDATE',
      [contactId],
    );
    while ((await this.eraseMessages(contactId)) > 0);
    await tx.query('DELETE FROM phone_verifications WHERE phone = ANY ($1::text[])', [addresses]);
    await tx.query(
      `UPDATE idempotency_keys SET response_body = NULL WHERE response_body->>'conversationId' = ANY ($1::text[])`,
      [threads.map(({ id }) => id)],
    );
    await tx.query('DELETE FROM conversations WHERE contact_id = $1', [contactId]);
  }

  /** Newest first, since answers refer to what they answer; with whatever else refers to them. */
  private eraseMessages(contactId: Uuid): Promise<number> {
    return this.database.tx.execute(
      `WITH batch AS MATERIALIZED (
         SELECT m.org_id, m.id FROM conversations c JOIN messages m ON m.org_id = c.org_id AND m.conversation_id = c.id
         WHERE c.contact_id = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT ${BATCH}
       )
       DELETE FROM messages m USING (
         SELECT org_id, id FROM batch
         UNION SELECT r.org_id, r.id FROM batch JOIN messages r ON r.org_id = batch.org_id AND r.in_reply_to = batch.id
       ) gone WHERE m.org_id = gone.org_id AND m.id = gone.id`,
      [contactId],
    );
  }

  private section(name: string, sql: string): ExportSection {
    return {
      name,
      page: async ({ contactId }, position, limit) =>
        exportPage(await this.database.tx.query<ExportRow>(sql, [contactId, position, limit]), limit),
    };
  }
}
