import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobQueue } from '../../../../common/jobs';
import {
  exportPage,
  HoldsContactData,
  type ContactDataHolder,
  type Counts,
  type DataSubject,
  type ExportRow,
  type ExportSection,
  type TimelinePart,
} from '../../../contacts';
import { RecordingsRepository } from './recordings.repository';

/** Deletes a recording at the provider of whom nothing is left here: `DeleteErasedRecording`. */
export const DELETE_ERASED_RECORDING = 'conversations.delete-erased-recording';

/** Calls with a contact. What was said in them are messages. */
@Injectable()
@HoldsContactData({ stair: 2, tables: ['calls'] })
export class CallContactData implements ContactDataHolder {
  constructor(
    private readonly database: Database,
    private readonly recordings: RecordingsRepository,
    private readonly queue: JobQueue,
  ) {}

  readonly timeline: readonly TimelinePart[] = [
    {
      type: 'call',
      permission: 'conversations.read',
      sql: `SELECT c.started_at AS at, 'call' AS type, c.id, jsonb_build_object('direction', c.direction, 'status', c.status,
          'conversationId', c.conversation_id, 'messageId', c.message_id, 'durationSeconds', c.duration_seconds) AS detail
        FROM calls c WHERE c.contact_id = $1 AND (c.started_at, c.id) < ($2::timestamptz, $3::uuid)
        ORDER BY c.started_at DESC, c.id DESC LIMIT $4::int`,
    },
  ];

  readonly sections: readonly ExportSection[] = [
    {
      name: 'calls',
      page: async ({ contactId }, position, limit) =>
        exportPage(
          await this.database.tx.query<ExportRow>(
            `SELECT id::text AS position, id, direction, connection_id, conversation_id, message_id, provider_call_id,
               from_address, to_address, status, error_code, started_at, answered_at, ended_at, duration_seconds,
               recording_id, recording_seconds, recording_deleted_at, text_back_message_id, text_back_refusal
             FROM calls WHERE contact_id = $1 AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
            [contactId, position, limit],
          ),
          limit,
        ),
    },
  ];

  /** Threads and mappings tell their numbers. What is told of a recording, and of a caller who withholds the number, names the call alone. */
  async addressesOf(contactId: Uuid): Promise<string[]> {
    const rows = await this.database.tx.query<{ id: string }>(
      'SELECT provider_call_id AS id FROM calls WHERE contact_id = $1',
      [contactId],
    );
    return rows.map(({ id }) => id);
  }

  async move(from: Uuid, into: Uuid): Promise<Counts> {
    const calls = await this.database.tx.execute('UPDATE calls SET contact_id = $2 WHERE contact_id = $1', [
      from,
      into,
    ]);
    return calls > 0 ? { calls } : {};
  }

  /** There is little of it. */
  eraseAhead(): Promise<void> {
    return Promise.resolve();
  }

  /** What they said is at the provider, too. */
  async erase({ contactId }: DataSubject): Promise<void> {
    for (const { connectionId, recordingId } of await this.recordings.ofContact(contactId))
      await this.queue.enqueue(DELETE_ERASED_RECORDING, { connectionId, recordingId });
    await this.database.tx.query('DELETE FROM calls WHERE contact_id = $1', [contactId]);
  }
}
