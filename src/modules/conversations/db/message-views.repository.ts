import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import type { AuthorType, MessageHold, MessagePurpose, MessageStatus } from '../domain/message';
import type { ConsentPurpose, MediaReference, TemplateUse } from '../domain/message-content';

/** A message as it is shown. */
export interface MessageViewRow extends Record<string, unknown> {
  id: Uuid;
  conversation_id: Uuid;
  direction: 'incoming' | 'outgoing';
  purpose: MessagePurpose;
  consent_purpose: ConsentPurpose;
  status: MessageStatus;
  error_code: string | null;
  segments: number | null;
  body: string | null;
  media: MediaReference[];
  template: TemplateUse | null;
  author_type: AuthorType;
  author_id: Uuid | null;
  in_reply_to: Uuid | null;
  provider_message_id: string | null;
  held_because: MessageHold | null;
  held_until: Date | null;
  cause_type: string | null;
  cause_id: string | null;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `id, conversation_id, direction, purpose, consent_purpose, status, error_code, segments, body, media, template,
  author_type, author_id, in_reply_to, provider_message_id, held_because, held_until, cause_type, cause_id, created_at, updated_at`;

/**
 * How messages are read. The organization is named by the policy and not again here
 * (docs/adr/0011-policies-name-the-organization-in-hot-reads.md).
 */
@Injectable()
export class MessageViewsRepository {
  constructor(private readonly database: Database) {}

  find(id: Uuid): Promise<MessageViewRow | undefined> {
    const { tx } = this.database;
    return tx.one<MessageViewRow>(`SELECT ${COLUMNS} FROM messages WHERE id = $1`, [id]);
  }

  /** A thread's messages, newest first: one scan of idx_messages_org_conversation. */
  list(conversationId: Uuid, after: Position | null, limit: number): Promise<MessageViewRow[]> {
    const { tx } = this.database;
    const before = after ? 'AND (created_at, id) < ($3::timestamptz, $4::uuid)' : '';
    return tx.query<MessageViewRow>(
      `SELECT ${COLUMNS} FROM messages WHERE conversation_id = $1 ${before}
       ORDER BY created_at DESC, id DESC LIMIT $2`,
      [conversationId, limit, ...(after ?? [])],
    );
  }

  /** What waits for its time, the soonest first. */
  held(after: Position | null, limit: number): Promise<MessageViewRow[]> {
    const { tx } = this.database;
    const later = after ? 'AND (held_until, id) > ($2::timestamptz, $3::uuid)' : '';
    return tx.query<MessageViewRow>(
      `SELECT ${COLUMNS} FROM messages WHERE status = 'held' AND held_until IS NOT NULL ${later} ORDER BY held_until, id LIMIT $1`,
      [limit, ...(after ?? [])],
    );
  }
}
