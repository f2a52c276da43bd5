import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { Position } from '../../../../common/http';
import type { CallStatus } from '../../domain/call';

/** A call as it is shown, with what a list needs of the contact and the connection. */
export interface CallViewRow extends Record<string, unknown> {
  id: Uuid;
  direction: 'incoming' | 'outgoing';
  status: CallStatus;
  from: string | null;
  to: string | null;
  startedAt: Date;
  answeredAt: Date | null;
  endedAt: Date | null;
  durationSeconds: number | null;
  errorCode: string | null;
  conversationId: Uuid | null;
  messageId: Uuid | null;
  recordingId: string | null;
  recordingSeconds: number | null;
  recordingDeletedAt: Date | null;
  textBackMessageId: Uuid | null;
  textBackRefusal: string | null;
  contactId: Uuid | null;
  contactName: string | null;
  contactPhone: string | null;
  connectionId: Uuid | null;
  connectionName: string | null;
  connectionAddress: string | null;
}

/** Which calls are wanted. */
export interface CallFilter {
  readonly direction?: 'incoming' | 'outgoing' | undefined;
  readonly status?: CallStatus | undefined;
  readonly connectionId?: string | undefined;
  readonly contactId?: string | undefined;
  /** Started at or after. */
  readonly from?: Date | undefined;
  /** Started before. */
  readonly to?: Date | undefined;
}

const VIEW = `
  SELECT c.id, c.direction, c.status, c.from_address AS "from", c.to_address AS "to", c.started_at AS "startedAt",
    c.answered_at AS "answeredAt", c.ended_at AS "endedAt", c.duration_seconds AS "durationSeconds",
    c.error_code AS "errorCode", c.conversation_id AS "conversationId", c.message_id AS "messageId",
    c.recording_id AS "recordingId", c.recording_seconds AS "recordingSeconds",
    c.recording_deleted_at AS "recordingDeletedAt", c.text_back_message_id AS "textBackMessageId",
    c.text_back_refusal AS "textBackRefusal", c.contact_id AS "contactId", p.name AS "contactName",
    p.phone AS "contactPhone", k.id AS "connectionId", k.friendly_name AS "connectionName", k.address AS "connectionAddress"
  FROM calls c
    LEFT JOIN contacts p ON p.org_id = c.org_id AND p.id = c.contact_id
    LEFT JOIN channel_connections k ON k.org_id = c.org_id AND k.id = c.connection_id
  WHERE true`;

const CONDITION: Readonly<Record<keyof CallFilter, (place: string) => string>> = {
  direction: (place) => `c.direction = ${place}`,
  status: (place) => `c.status = ${place}`,
  connectionId: (place) => `c.connection_id = ${place}::uuid`,
  contactId: (place) => `c.contact_id = ${place}::uuid`,
  from: (place) => `c.started_at >= ${place}::timestamptz`,
  to: (place) => `c.started_at < ${place}::timestamptz`,
};

/** How calls are read. The organization is named by the policy, as for threads. */
@Injectable()
export class CallViewsRepository {
  constructor(private readonly database: Database) {}

  find(id: Uuid): Promise<CallViewRow | undefined> {
    return this.database.tx.one<CallViewRow>(`${VIEW} AND c.id = $1`, [id]);
  }

  /** Newest first, after a position. */
  list(filter: CallFilter, after: Position | null, limit: number): Promise<CallViewRow[]> {
    const params: unknown[] = [];
    const place = (value: unknown): string => `$${params.push(value)}`;
    const conditions = (Object.keys(CONDITION) as (keyof CallFilter)[]).flatMap((name) =>
      filter[name] === undefined ? [] : [CONDITION[name](place(filter[name]))],
    );
    if (after)
      conditions.push(`(c.started_at, c.id) < (${place(after[0])}::timestamptz, ${place(after[1])}::uuid)`);
    const wanted = conditions.map((condition) => ` AND ${condition}`).join('');
    return this.database.tx.query<CallViewRow>(
      `${VIEW}${wanted} ORDER BY c.started_at DESC, c.id DESC LIMIT ${place(limit)}`,
      params,
    );
  }
}
