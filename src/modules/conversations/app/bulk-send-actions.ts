import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import type { BulkOrder } from '../db/bulk-sends.repository';
import { CancelBulkSend } from './cancel-bulk-send.use-case';
import { ChangeBulkSend } from './change-bulk-send.use-case';
import { CreateBulkSend } from './create-bulk-send.use-case';
import { DeleteBulkSend } from './delete-bulk-send.use-case';
import { PauseBulkSend } from './pause-bulk-send.use-case';
import { ReadBulkSends, type BulkSendView } from './read-bulk-sends.query';
import { ResumeBulkSend } from './resume-bulk-send.use-case';
import { StartBulkSend } from './start-bulk-send.use-case';

/** Everything that can be done with a bulk send, each with the bulk send as it is then. */
@Injectable()
export class BulkSendActions {
  constructor(
    private readonly creation: CreateBulkSend,
    private readonly changing: ChangeBulkSend,
    private readonly deletion: DeleteBulkSend,
    private readonly starting: StartBulkSend,
    private readonly pausing: PauseBulkSend,
    private readonly resuming: ResumeBulkSend,
    private readonly cancelling: CancelBulkSend,
    private readonly bulkSends: ReadBulkSends,
  ) {}

  async create(order: BulkOrder): Promise<BulkSendView> {
    return this.bulkSends.one(await this.creation.execute(order));
  }

  async change(id: Uuid, change: Partial<BulkOrder>, ifMatch: number | undefined): Promise<BulkSendView> {
    await this.changing.execute(id, change, ifMatch);
    return this.bulkSends.one(id);
  }

  remove(id: Uuid, ifMatch: number | undefined): Promise<void> {
    return this.deletion.execute(id, ifMatch);
  }

  async start(id: Uuid, sendAt: Date | null): Promise<BulkSendView> {
    await this.starting.execute(id, sendAt);
    return this.bulkSends.one(id);
  }

  async pause(id: Uuid): Promise<BulkSendView> {
    await this.pausing.execute(id);
    return this.bulkSends.one(id);
  }

  async resume(id: Uuid): Promise<BulkSendView> {
    await this.resuming.execute(id);
    return this.bulkSends.one(id);
  }

  async cancel(id: Uuid): Promise<BulkSendView> {
    await this.cancelling.execute(id);
    return this.bulkSends.one(id);
  }
}
