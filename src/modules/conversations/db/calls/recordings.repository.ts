import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';

/** A voicemail that the provider has. */
export interface RecordingRow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly connectionId: Uuid;
  readonly recordingId: string;
}

const AT_PROVIDER = `
  SELECT c.id, c.connection_id AS "connectionId", c.recording_id AS "recordingId" FROM calls c
  WHERE c.org_id = $1 AND c.direction = 'incoming' AND c.connection_id IS NOT NULL AND c.recording_id IS NOT NULL
    AND c.recording_deleted_at IS NULL`;

/** Voicemails, as the provider has them. */
@Injectable()
export class RecordingsRepository {
  constructor(private readonly database: Database) {}

  /** The call that a file was left in; undefined of any other file, and of a voicemail that nobody can delete. */
  ofFile(fileId: Uuid): Promise<RecordingRow | undefined> {
    const { tx } = this.database;
    return tx.one<RecordingRow>(
      `${AT_PROVIDER} AND c.message_id = (SELECT message_id FROM media_files WHERE org_id = $1 AND id = $2)`,
      [tx.orgId, fileId],
    );
  }

  /** Undefined when it was deleted already, or nobody can do it. */
  atProvider(callId: Uuid): Promise<RecordingRow | undefined> {
    const { tx } = this.database;
    return tx.one<RecordingRow>(`${AT_PROVIDER} AND c.id = $2`, [tx.orgId, callId]);
  }

  /** All that a contact left and the provider still has. */
  ofContact(contactId: Uuid): Promise<RecordingRow[]> {
    const { tx } = this.database;
    return tx.query<RecordingRow>(`${AT_PROVIDER} AND c.contact_id = $2 ORDER BY c.id`, [
      tx.orgId,
      contactId,
    ]);
  }

  async noteDeleted(callId: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query('UPDATE calls SET recording_deleted_at = $3 WHERE org_id = $1 AND id = $2', [
      tx.orgId,
      callId,
      at,
    ]);
  }
}
