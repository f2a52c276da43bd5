import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { newId, type OrgScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { RuleError } from '../../../../common/errors';
import { IdempotentEffects } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import { MediaFilesRepository } from '../../db/media-files.repository';
import { MediaUploadBroken } from '../../domain/media-errors';
import { fileNameToKeep, UNSENT_MS } from '../../domain/media-file';
import { MediaStore } from './media-store';
import type { MediaDetails } from './media-view';
import { ReadMedia } from './read-media.query';

/** A file that a member brings. */
export interface BroughtFile {
  readonly content: Readable;
  readonly declaredType: string | null;
  readonly fileName: string | null;
}

/** Takes in a file that is to be sent. Its row is there first, so that whatever happens somebody clears up. */
@Injectable()
export class UploadMedia {
  constructor(
    private readonly database: Database,
    private readonly files: MediaFilesRepository,
    private readonly store: MediaStore,
    private readonly reading: ReadMedia,
    private readonly effects: IdempotentEffects,
    private readonly clock: Clock,
  ) {}

  /** Throws what is wrong with the file; nothing of it is kept then. */
  async execute(scope: OrgScope, { content, declaredType, fileName }: BroughtFile): Promise<MediaDetails> {
    const id = newId();
    const expiresAt = new Date(this.clock.now().getTime() + UNSENT_MS);
    await this.database.runInOrg(scope, () =>
      this.files.insertUpload(id, {
        declaredType,
        fileName: fileNameToKeep(fileName),
        author: scope.actor,
        expiresAt,
      }),
    );
    try {
      const stored = await this.store.take(scope, { id, content, declaredType });
      return await this.effects.once(scope, () => this.finish(id, stored));
    } catch (error) {
      await this.database.runInOrg(scope, () => this.files.remove(id));
      throw isOfSender(error) ? new MediaUploadBroken() : error;
    }
  }

  private async finish(
    id: Uuid,
    stored: Parameters<MediaFilesRepository['markStored']>[1],
  ): Promise<MediaDetails> {
    await this.files.markStored(id, stored);
    return this.reading.one(id);
  }
}

/** The stream of a request ends so when its sender goes away. */
function isOfSender(error: unknown): boolean {
  return !(error instanceof RuleError) && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}
