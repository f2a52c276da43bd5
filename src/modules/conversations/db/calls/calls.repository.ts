import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { CallStatus, CallStory } from '../../domain/call';

/** A call as recording it needs it. */
export interface CallRow extends Record<string, unknown> {
  id: Uuid;
  contact_id: Uuid | null;
  connection_id: Uuid | null;
  conversation_id: Uuid | null;
  message_id: Uuid | null;
  from_address: string | null;
  status: CallStatus;
  started_at: Date;
  ended_at: Date | null;
  recording_id: string | null;
  text_back_message_id: Uuid | null;
  text_back_refusal: string | null;
}

/** Whom a call is with, and where. */
export interface CallPlace {
  readonly providerCallId: string;
  readonly direction: CallStory['direction'];
  /** Null when the number was removed in the meantime. */
  readonly connectionId: Uuid | null;
  readonly contactId: Uuid | null;
  readonly conversationId: Uuid | null;
  /** What the call was made to speak. */
  readonly messageId: Uuid | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly at: Date;
}

const COLUMNS = `id, contact_id, connection_id, conversation_id, message_id, from_address, status, started_at, ended_at, recording_id,
  text_back_message_id, text_back_refusal`;

/** Calls. */
@Injectable()
export class CallsRepository {
  constructor(private readonly database: Database) {}

  /** A call, locked until the transaction ends; made when it is not there. Two reports at once get the same one. */
  async lockOrCreate(place: CallPlace): Promise<CallRow> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO calls (org_id, id, direction, connection_id, contact_id, conversation_id, message_id, provider_call_id,
         from_address, to_address, status, started_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11)
       ON CONFLICT ON CONSTRAINT calls_provider_call_key DO NOTHING`,
      [
        ...[tx.orgId, newId(), place.direction, place.connectionId, place.contactId, place.conversationId],
        ...[place.messageId, place.providerCallId, place.from, place.to, place.at],
      ],
    );
    const row = await tx.one<CallRow>(
      `SELECT ${COLUMNS} FROM calls WHERE org_id = $1 AND provider_call_id = $2 FOR UPDATE`,
      [tx.orgId, place.providerCallId],
    );
    if (!row) throw new Error('a call that was just made is gone');
    return row;
  }

  /** Whom a call of the provider is with, as far as it is known here. */
  async contactOf(providerCallId: string): Promise<Uuid | null> {
    const { tx } = this.database;
    const row = await tx.one<{ contact_id: Uuid | null }>(
      'SELECT contact_id FROM calls WHERE org_id = $1 AND provider_call_id = $2',
      [tx.orgId, providerCallId],
    );
    return row?.contact_id ?? null;
  }

  /** A call, locked until the transaction ends. */
  lock(id: Uuid): Promise<CallRow | undefined> {
    const { tx } = this.database;
    return tx.one<CallRow>(`SELECT ${COLUMNS} FROM calls WHERE org_id = $1 AND id = $2 FOR UPDATE`, [
      tx.orgId,
      id,
    ]);
  }

  /** The same without a lock. */
  find(id: Uuid): Promise<CallRow | undefined> {
    const { tx } = this.database;
    return tx.one<CallRow>(`SELECT ${COLUMNS} FROM calls WHERE org_id = $1 AND id = $2`, [tx.orgId, id]);
  }

  /** How far it is; what is known already is not forgotten. A change of nothing writes nothing. */
  async save(id: Uuid, story: CallStory, errorCode: string | null): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE calls SET status = $3, started_at = LEAST(started_at, $4), answered_at = COALESCE($5, answered_at),
         ended_at = COALESCE($6, ended_at), duration_seconds = COALESCE($7, duration_seconds),
         error_code = COALESCE($8, error_code)
       WHERE org_id = $1 AND id = $2
         AND (status, started_at, answered_at, ended_at, duration_seconds, error_code) IS DISTINCT FROM
           ($3::text, LEAST(started_at, $4), COALESCE($5, answered_at), COALESCE($6, ended_at),
             COALESCE($7, duration_seconds), COALESCE($8, error_code))`,
      [
        ...[tx.orgId, id, story.status, story.startedAt, story.answeredAt, story.endedAt],
        ...[story.durationSeconds, errorCode],
      ],
    );
  }

  /** What the caller left. */
  async noteVoicemail(
    id: Uuid,
    voicemail: {
      readonly messageId: Uuid;
      readonly recordingId: string;
      readonly seconds: number | null;
      readonly contactId: Uuid;
      readonly conversationId: Uuid;
    },
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE calls SET message_id = $3, recording_id = $4, recording_seconds = $5, contact_id = $6, conversation_id = $7
       WHERE org_id = $1 AND id = $2`,
      [
        ...[tx.orgId, id, voicemail.messageId, voicemail.recordingId, voicemail.seconds],
        ...[voicemail.contactId, voicemail.conversationId],
      ],
    );
  }

  /** True when somebody was written to because of a missed call after `since`. */
  async wasTextedBack(contactId: Uuid, since: Date): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one(
      `SELECT 1 AS one FROM calls WHERE org_id = $1 AND contact_id = $2 AND text_back_at > $3 LIMIT 1`,
      [tx.orgId, contactId, since],
    );
    return row !== undefined;
  }

  async noteTextBack(id: Uuid, messageId: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE calls SET text_back_message_id = $3, text_back_at = $4, text_back_refusal = NULL WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, messageId, at],
    );
  }

  /** Why nobody was written to. */
  async noteTextBackRefusal(id: Uuid, code: string): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE calls SET text_back_refusal = $3 WHERE org_id = $1 AND id = $2 AND text_back_message_id IS NULL`,
      [tx.orgId, id, code],
    );
  }
}
