import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { BulkMessages } from '../db/bulk-messages.repository';
import { BulkSends } from '../db/bulk-sends.repository';
import { BulkSendNotFound } from '../domain/bulk-errors';
import { checkCan } from '../domain/bulk-send';

/** Stops a bulk send until somebody lets it go on. What is being handed over at this moment still goes out. */
@Injectable()
export class PauseBulkSend {
  constructor(
    private readonly bulkSends: BulkSends,
    private readonly messages: BulkMessages,
  ) {}

  /** Throws {@link BulkSendNotFound} and `BulkSendNotPausable`. */
  async execute(id: Uuid): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (!found) throw new BulkSendNotFound();
    checkCan('pause', found.status);
    await this.messages.hold(id);
    await this.bulkSends.enter(id, 'paused');
  }
}
