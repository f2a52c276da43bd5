import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type OrgScope, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { RuleError } from '../../../../common/errors';
import { FetchFailed, FetchRefused } from '../../../../common/guarded-fetch';
import { JobHandler, type HandlesJob, type JobRun, type OrgJobPayload } from '../../../../common/jobs';
import { Channels } from '../../../channels';
import { MediaFilesRepository, type MediaToFetch } from '../../db/media-files.repository';
import { MediaStorageUnavailable } from '../../domain/media-errors';
import { StoredRecordings } from '../calls/stored-recordings';
import { MediaStore } from './media-store';

/** Name of the job that fetches one file of a customer. */
export const FETCH_MEDIA = 'conversations.fetch-media';

/** A customer's file. */
export interface FetchMediaPayload extends OrgJobPayload {
  readonly mediaId: string;
}

/** Names the waiting job of a file. */
export const fetchKey = (id: Uuid): string => `fetch-media:${id}`;

/** Why a file was not had, and whether trying again makes sense. */
interface Trouble {
  readonly code: string;
  readonly isFinal: boolean;
}

/**
 * Fetches a customer's file from the provider and stores it. What is refused is written on it with the reason; what fails is
 * tried again, for half an hour, and then written on it as well: the dead job can be replayed.
 */
@Injectable()
@JobHandler({ name: FETCH_MEDIA, transaction: 'own', maxAttempts: 8 })
export class FetchMedia implements HandlesJob<FetchMediaPayload> {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly files: MediaFilesRepository,
    private readonly store: MediaStore,
    private readonly recordings: StoredRecordings,
  ) {}

  async handle(payload: FetchMediaPayload, run: JobRun): Promise<void> {
    const scope = systemScope(asUuid(payload.orgId), asUuid(payload.requestId));
    const id = asUuid(payload.mediaId);
    const file = await this.database.runInOrg(scope, () => this.files.findToFetch(id));
    // A run before this one may have stored what was erased meanwhile.
    if (!file) return this.store.forget(scope.orgId, id);
    if (file.status === 'stored' || file.status === 'refused') return;
    try {
      await this.fetch(scope, file);
    } catch (error) {
      const trouble = troubleOf(error);
      const status = trouble.isFinal ? 'refused' : 'failed';
      if (trouble.isFinal || run.attempt >= run.maxAttempts)
        await this.database.runInOrg(scope, () => this.files.markMissing(id, status, trouble.code));
      if (!trouble.isFinal) throw error;
    }
  }

  private async fetch(
    scope: OrgScope,
    { id, source_url, declared_type, connection_id }: MediaToFetch,
  ): Promise<void> {
    const { contentType, body } = await this.channels.fetchMedia(scope, {
      connectionId: connection_id,
      url: source_url,
    });
    try {
      const stored = await this.store.take(scope, {
        id,
        content: body,
        declaredType: declared_type ?? contentType,
      });
      const isThere = await this.database.runInOrg(scope, async () => {
        const marked = await this.files.markStored(id, stored);
        if (marked) await this.recordings.noteStored(id);
        return marked;
      });
      if (!isThere) await this.store.forget(scope.orgId, id);
    } finally {
      body.destroy();
    }
  }
}

/** A rule that is broken stays broken; whatever is not known may pass. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof FetchRefused)
    return { code: error.code === 'too_large' ? 'media_too_large' : error.code, isFinal: true };
  if (error instanceof FetchFailed) return { code: error.code, isFinal: false };
  if (error instanceof MediaStorageUnavailable) return { code: error.code, isFinal: false };
  if (error instanceof RuleError) return { code: error.code, isFinal: true };
  return { code: 'not_fetched', isFinal: false };
}
