import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { NothingStored, Storage, storageKey } from '../../../common/storage';
import type { DataSubject, ExportedFile, FilePage } from '../../contacts';

interface FileRow extends Record<string, unknown> {
  id: Uuid;
  file_name: string | null;
}

/** Files in the threads with a contact, for who asks what is held on them. */
@Injectable()
export class ContactMedia {
  constructor(
    private readonly database: Database,
    private readonly storage: Storage,
  ) {}

  /** Those after an id, by their ids. */
  async page({ contactId }: DataSubject, after: string | null, limit: number): Promise<FilePage> {
    const { tx } = this.database;
    const rows = await tx.query<FileRow>(
      `SELECT f.id, f.file_name FROM media_files f
         JOIN messages m ON m.org_id = f.org_id AND m.id = f.message_id
         JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE c.contact_id = $1 AND f.status = 'stored' AND ($2::uuid IS NULL OR f.id > $2) ORDER BY f.id LIMIT $3`,
      [contactId, after, limit],
    );
    const files = rows.map((row) => this.file(tx.orgId, row));
    return { files, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
  }

  private file(orgId: Uuid, { id, file_name: name }: FileRow): ExportedFile {
    return {
      name: `media-files/${id}${name === null ? '' : `-${name}`}`,
      open: () => this.content(orgId, id),
    };
  }

  /** One that was erased meanwhile is empty. */
  private async content(orgId: Uuid, id: Uuid): Promise<AsyncIterable<Uint8Array>> {
    try {
      return await this.storage.get(storageKey(orgId, id));
    } catch (error) {
      if (error instanceof NothingStored) return nothing();
      throw error;
    }
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Not a byte.
}
