import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { MediaStatus, StoredFile } from '../domain/media-file';

/** A file as it is shown. */
export interface MediaRow extends Record<string, unknown> {
  id: Uuid;
  direction: 'incoming' | 'outgoing';
  message_id: Uuid | null;
  status: MediaStatus;
  error_code: string | null;
  declared_type: string | null;
  content_type: string | null;
  size_bytes: number | null;
  sha256: string | null;
  file_name: string | null;
  created_at: Date;
  expires_at: Date | null;
}

/** A file that is to be fetched from the provider. */
export interface MediaToFetch extends Record<string, unknown> {
  id: Uuid;
  status: MediaStatus;
  source_url: string;
  declared_type: string | null;
  /** Null when the number that it came to was removed. */
  connection_id: Uuid | null;
}

/** A file that came with a customer's message, and where the provider keeps it. */
export interface NewIncomingFile {
  readonly id: Uuid;
  readonly url: string;
  readonly contentType: string;
}

const COLUMNS = `id, direction, message_id, status, error_code, declared_type, content_type, size_bytes, sha256, file_name,
  created_at, expires_at`;

/** Files of messages. What is in them is in the storage, under their id. */
@Injectable()
export class MediaFilesRepository {
  constructor(private readonly database: Database) {}

  /** Files of a customer's message, in their order. */
  async insertIncoming(messageId: Uuid, files: readonly NewIncomingFile[]): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO media_files (org_id, id, direction, message_id, position, source_url, declared_type)
       SELECT $1, f.id, 'incoming', $2, f.place - 1, left(f.url, 4096), left(f.type, 255)
       FROM unnest($3::uuid[], $4::text[], $5::text[]) WITH ORDINALITY f (id, url, type, place)`,
      [
        tx.orgId,
        messageId,
        files.map(({ id }) => id),
        files.map(({ url }) => url),
        files.map(({ contentType }) => contentType),
      ],
    );
  }

  /** A file that is about to be uploaded. */
  async insertUpload(
    id: Uuid,
    file: { declaredType: string | null; fileName: string | null; author: Actor; expiresAt: Date },
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO media_files (org_id, id, direction, declared_type, file_name, uploaded_by_type, uploaded_by, expires_at)
       VALUES ($1, $2, 'outgoing', left($3, 255), $4, $5, $6, $7)`,
      [tx.orgId, id, file.declaredType, file.fileName, file.author.type, file.author.id, file.expiresAt],
    );
  }

  find(id: Uuid): Promise<MediaRow | undefined> {
    const { tx } = this.database;
    return tx.one<MediaRow>(`SELECT ${COLUMNS} FROM media_files WHERE org_id = $1 AND id = $2`, [
      tx.orgId,
      id,
    ]);
  }

  /** Files of messages, in their order. */
  ofMessages(messageIds: readonly Uuid[]): Promise<MediaRow[]> {
    const { tx } = this.database;
    return tx.query<MediaRow>(
      `SELECT ${COLUMNS} FROM media_files WHERE org_id = $1 AND message_id = ANY ($2::uuid[])
       ORDER BY message_id, position`,
      [tx.orgId, messageIds],
    );
  }

  /** A customer's file; undefined when it is gone, or none of theirs. */
  findToFetch(id: Uuid): Promise<MediaToFetch | undefined> {
    const { tx } = this.database;
    return tx.one<MediaToFetch>(
      `SELECT f.id, f.status, f.source_url, f.declared_type, c.connection_id
       FROM media_files f
         JOIN messages m ON m.org_id = f.org_id AND m.id = f.message_id
         JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE f.org_id = $1 AND f.id = $2 AND f.direction = 'incoming'`,
      [tx.orgId, id],
    );
  }

  /** It is in the storage. False when its row is gone. */
  async markStored(id: Uuid, { contentType, size, sha256 }: StoredFile): Promise<boolean> {
    const { tx } = this.database;
    const changed = await tx.execute(
      `UPDATE media_files SET status = 'stored', error_code = NULL, content_type = $3, size_bytes = $4, sha256 = $5
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, contentType, size, sha256],
    );
    return changed === 1;
  }

  /** It is not to be had; unless it was stored meanwhile. */
  async markMissing(id: Uuid, status: 'refused' | 'failed', errorCode: string): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE media_files SET status = $3, error_code = $4 WHERE org_id = $1 AND id = $2 AND status <> 'stored'`,
      [tx.orgId, id, status, errorCode],
    );
  }

  /** What is stored under its id goes with it. */
  async remove(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM media_files WHERE org_id = $1 AND id = $2 AND message_id IS NULL', [
      tx.orgId,
      id,
    ]);
  }

  /** An upload that nobody sent in time. */
  async removeExpired(id: Uuid, now: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM media_files WHERE org_id = $1 AND id = $2 AND expires_at < $3', [
      tx.orgId,
      id,
      now,
    ]);
  }

  /** Those of these files that there are, locked until the transaction ends. */
  lock(ids: readonly Uuid[]): Promise<MediaRow[]> {
    const { tx } = this.database;
    return tx.query<MediaRow>(
      `SELECT ${COLUMNS} FROM media_files WHERE org_id = $1 AND id = ANY ($2::uuid[]) AND direction = 'outgoing'
       ORDER BY id FOR UPDATE`,
      [tx.orgId, ids],
    );
  }

  /** What the provider is told of files that are sent. */
  describe(ids: readonly Uuid[]): Promise<{ id: Uuid; contentType: string; name: string | null }[]> {
    const { tx } = this.database;
    return tx.query(
      `SELECT id, COALESCE(content_type, 'application/octet-stream') AS "contentType", file_name AS name
       FROM media_files WHERE org_id = $1 AND id = ANY ($2::uuid[])`,
      [tx.orgId, ids],
    );
  }

  /** From now on they belong to the message, in this order. */
  async attach(messageId: Uuid, ids: readonly Uuid[]): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE media_files m SET message_id = $2, position = f.place - 1, expires_at = NULL
       FROM unnest($3::uuid[]) WITH ORDINALITY f (id, place) WHERE m.org_id = $1 AND m.id = f.id`,
      [tx.orgId, messageId, ids],
    );
  }

  /** Files of all organizations that somebody has to see to. Outside of a transaction. */
  due(): Promise<{ org_id: Uuid; id: Uuid; due: 'waiting' | 'lost' | 'expired' }[]> {
    return this.database.platform('SELECT org_id, id, due FROM list_due_media()');
  }
}
