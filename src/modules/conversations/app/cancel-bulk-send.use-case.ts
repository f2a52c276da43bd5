import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { BulkMessages } from '../db/bulk-messages.repository';
import { BulkSends } from '../db/bulk-sends.repository';
import { BulkSendNotFound } from '../domain/bulk-errors';
import { checkCan } from '../domain/bulk-send';

/** Ends a bulk send for good. What is being handed over at this moment still goes out; all that waits is canceled. */
@Injectable()
export class CancelBulkSend {
  constructor(
    private readonly bulkSends: BulkSends,
    private readonly messages: BulkMessages,
  ) {}

  /** Throws {@link BulkSendNotFound} and `BulkSendNotCancellable`. */
  async execute(id: Uuid): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (!found) throw new BulkSendNotFound();
    checkCan('cancel', found.status);
    await this.messages.cancel(id);
    await this.bulkSends.enter(id, 'cancelled');
  }
}
