import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobQueue } from '../../../common/jobs';

export const RUN_BULK_SEND = 'conversations.run-bulk-send';

/** Queues the run of a bulk send: of each, one job waits at most. */
@Injectable()
export class BulkRunQueue {
  constructor(private readonly queue: JobQueue) {}

  /** Now, or at that time; whatever was planned before is replaced. */
  async run(bulkSendId: Uuid, runAt?: Date | null): Promise<void> {
    const key = `bulk-send:${bulkSendId}`;
    await this.queue.enqueue(RUN_BULK_SEND, { bulkSendId }, { key, ...(runAt ? { runAt } : {}) });
  }
}
