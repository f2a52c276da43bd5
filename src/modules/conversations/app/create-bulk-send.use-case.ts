import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { BulkSends, type BulkOrder } from '../db/bulk-sends.repository';
import { BulkPlans } from './bulk-plan';

/** Makes a draft of a bulk send. Nothing is sent before it is started. */
@Injectable()
export class CreateBulkSend {
  constructor(
    private readonly plans: BulkPlans,
    private readonly bulkSends: BulkSends,
  ) {}

  /** Returns its id. Throws what {@link BulkPlans.of} throws. */
  async execute(order: BulkOrder): Promise<Uuid> {
    await this.plans.of(order);
    const id = newId();
    await this.bulkSends.create(id, order);
    return id;
  }
}
