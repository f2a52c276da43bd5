import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobQueue, type OrgJobPayload } from '../../../common/jobs';

export const SYNC_ACCOUNT_TEMPLATES = 'conversations.sync-account-templates';

export interface SyncAccountTemplatesPayload extends OrgJobPayload {
  readonly connectionId: Uuid;
}

/** Queues the reading of an account's templates. */
@Injectable()
export class TemplateSyncQueue {
  constructor(private readonly queue: JobQueue) {}

  /** One reading of a connection waits at a time: asking again moves it. */
  add(connectionId: Uuid, runAt?: Date): Promise<void> {
    return this.queue.enqueue(
      SYNC_ACCOUNT_TEMPLATES,
      { connectionId },
      { key: `sync-templates:${connectionId}`, ...(runAt ? { runAt } : {}) },
    );
  }
}
