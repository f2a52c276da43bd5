import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { spooled, SpoolTooLarge, Storage, storageKey, type Spooled } from '../../../../common/storage';
import {
  MediaEmpty,
  MediaStorageUnavailable,
  MediaTooLarge,
  MediaTypeMismatch,
  MediaTypeNotAllowed,
} from '../../domain/media-errors';
import type { StoredFile } from '../../domain/media-file';
import { settleType, TELLING_BYTES, type MediaType } from '../../domain/media-type';

/** A file on its way into the storage. */
export interface ArrivingFile {
  readonly id: Uuid;
  readonly content: Readable;
  readonly declaredType: string | null;
}

/** Takes files in: none reaches the storage before it is whole and known to be what is taken. */
@Injectable()
export class MediaStore {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly storage: Storage,
  ) {}

  /**
   * Under the id of its row; a second run replaces the first. Throws `MediaTooLarge`, `MediaEmpty`, `MediaTypeNotAllowed`,
   * `MediaTypeMismatch`, `MediaStorageUnavailable`, and what the stream throws.
   */
  async take({ orgId }: OrgScope, { id, content, declaredType }: ArrivingFile): Promise<StoredFile> {
    if (this.database.inTransaction) throw new Error('a file is stored inside a transaction');
    const { maxBytes } = this.config.media;
    try {
      return await spooled(content, { maxBytes, headBytes: TELLING_BYTES }, async (file) => {
        const contentType = typeOf(file, declaredType);
        await this.put(storageKey(orgId, id), file, contentType);
        return { contentType, size: file.size, sha256: file.sha256 };
      });
    } catch (error) {
      throw error instanceof SpoolTooLarge ? new MediaTooLarge(maxBytes) : error;
    }
  }

  /** What is under an id; throws `NothingStored` and `StorageFailed`. */
  read(orgId: Uuid, id: Uuid): Promise<Readable> {
    return this.storage.get(storageKey(orgId, id));
  }

  /** Also when there is nothing. */
  async forget(orgId: Uuid, id: Uuid): Promise<void> {
    await this.storage.delete(storageKey(orgId, id));
  }

  private async put(key: string, file: Spooled, contentType: string): Promise<void> {
    try {
      await this.storage.put(key, file.read(), { contentType, size: file.size });
    } catch {
      throw new MediaStorageUnavailable();
    }
  }
}

function typeOf({ head, size }: Spooled, declared: string | null): MediaType {
  if (size === 0) throw new MediaEmpty();
  const type = settleType(head, declared);
  if (type === 'type_not_allowed') throw new MediaTypeNotAllowed();
  if (type === 'type_mismatch') throw new MediaTypeMismatch();
  return type;
}
