import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { BulkMessages } from '../db/bulk-messages.repository';
import { BulkSends } from '../db/bulk-sends.repository';
import { BulkSendNotFound } from '../domain/bulk-errors';
import { checkCan, goingOn } from '../domain/bulk-send';
import { BulkRunQueue } from './bulk-run-queue';
import { SendQueue } from './send-queue';

/** Lets a paused bulk send go on where it stopped; one that was to start later still does. */
@Injectable()
export class ResumeBulkSend {
  constructor(
    private readonly bulkSends: BulkSends,
    private readonly messages: BulkMessages,
    private readonly runs: BulkRunQueue,
    private readonly queue: SendQueue,
    private readonly clock: Clock,
  ) {}

  /** Throws {@link BulkSendNotFound} and `BulkSendNotResumable`. What stood in its way is found again by the run. */
  async execute(id: Uuid): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (!found) throw new BulkSendNotFound();
    checkCan('resume', found.status);
    await this.bulkSends.enter(id, goingOn(found.sendAt, this.clock.now()));
    await this.messages.release(id);
    if (found.connectionId) await this.queue.wake(found.connectionId, 'bulk');
    await this.runs.run(id, found.sendAt);
  }
}
