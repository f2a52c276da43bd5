import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import { barredSql, mayMessageSql, type BarredBecause, type Channel } from '../../channels';
import type { MessageStatus } from '../domain/message';

/** A thread as it is shown, with what a list needs of the contact, the connection and the newest message. */
export interface ConversationViewRow extends Record<string, unknown> {
  id: Uuid;
  status: 'open' | 'pending' | 'resolved' | 'snoozed';
  answered_by: 'assistant' | 'human';
  assignee_id: Uuid | null;
  session_window_ends_at: Date | null;
  last_message_at: Date;
  created_at: Date;
  contact_id: Uuid;
  contact_name: string | null;
  contact_phone: string | null;
  barred: BarredBecause | null;
  may_message: boolean;
  connection_id: Uuid | null;
  connection_name: string;
  connection_channel: Channel;
  connection_address: string;
  connection_active: boolean;
  message_id: Uuid | null;
  message_direction: 'incoming' | 'outgoing';
  message_status: MessageStatus;
  message_preview: string | null;
  message_created_at: Date;
}

/** Which threads are wanted. */
export interface ConversationFilter {
  readonly status?: string | undefined;
  readonly assigneeId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly contactId?: string | undefined;
}

/**
 * Reads join downwards, into tables of the modules below; writes never do. The organization is named by the policy and not
 * again here (docs/adr/0011-policies-name-the-organization-in-hot-reads.md).
 */
const VIEW = `
  SELECT c.id, c.status, c.answered_by, c.assignee_id, c.session_window_ends_at, c.last_message_at,
    c.created_at, c.contact_id, ct.name AS contact_name,
    ct.phone AS contact_phone, ${mayMessageSql('p', 'k.channel')} AS may_message, ${barredSql('p', 'k.channel')} AS barred,
    k.id AS connection_id,
    k.friendly_name AS connection_name, k.channel AS connection_channel, k.address AS connection_address, k.is_active AS connection_active,
    m.id AS message_id, m.direction AS message_direction, m.status AS message_status,
    left(m.body, 160) AS message_preview, m.created_at AS message_created_at
  FROM conversations c
    JOIN contacts ct ON ct.org_id = c.org_id AND ct.id = c.contact_id
    LEFT JOIN channel_connections k ON k.org_id = c.org_id AND k.id = c.connection_id
    LEFT JOIN messages m ON m.org_id = c.org_id AND m.id = c.last_message_id
    LEFT JOIN phone_number_mappings p ON p.org_id = c.org_id AND p.phone_number = c.contact_address
  WHERE true`;

const COLUMN_OF: Readonly<Record<keyof ConversationFilter, string>> = {
  status: 'c.status',
  assigneeId: 'c.assignee_id',
  connectionId: 'c.connection_id',
  contactId: 'c.contact_id',
};

/** How threads are read. */
@Injectable()
export class ConversationViewsRepository {
  constructor(private readonly database: Database) {}

  find(id: Uuid): Promise<ConversationViewRow | undefined> {
    const { tx } = this.database;
    return tx.one<ConversationViewRow>(`${VIEW} AND c.id = $1`, [id]);
  }

  async exists(id: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const sql = 'SELECT 1 AS one FROM conversations WHERE id = $1';
    return (await tx.one(sql, [id])) !== undefined;
  }

  /** Threads by their newest message, newest first. Only the conditions in use are written, so that each finds its index. */
  list(filter: ConversationFilter, after: Position | null, limit: number): Promise<ConversationViewRow[]> {
    const { tx } = this.database;
    const params: unknown[] = [];
    const place = (value: unknown): string => `$${params.push(value)}`;
    const conditions = (Object.keys(COLUMN_OF) as (keyof ConversationFilter)[])
      .filter((key) => filter[key] !== undefined)
      .map((key) => ` AND ${COLUMN_OF[key]} = ${place(filter[key])}`);
    if (after)
      conditions.push(
        ` AND (c.last_message_at, c.id) < (${place(after[0])}::timestamptz, ${place(after[1])}::uuid)`,
      );
    return tx.query<ConversationViewRow>(
      `${VIEW}${conditions.join('')} ORDER BY c.last_message_at DESC, c.id DESC LIMIT ${place(limit)}`,
      params,
    );
  }
}
