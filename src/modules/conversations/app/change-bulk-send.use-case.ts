import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { BulkSends, type BulkOrder } from '../db/bulk-sends.repository';
import { BulkConnectionNotFound, BulkSendNotFound, BulkTemplateNotFound } from '../domain/bulk-errors';
import { checkCan } from '../domain/bulk-send';
import { BulkPlans } from './bulk-plan';

/** Changes a draft; what is left out stays. */
@Injectable()
export class ChangeBulkSend {
  constructor(
    private readonly plans: BulkPlans,
    private readonly bulkSends: BulkSends,
  ) {}

  /** Throws {@link BulkSendNotFound}, `StaleVersion`, `BulkSendNotDraft` and what {@link BulkPlans.of} throws. */
  async execute(id: Uuid, change: Partial<BulkOrder>, ifMatch: number | undefined): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (!found) throw new BulkSendNotFound();
    checkVersion(found.version, ifMatch);
    checkCan('change', found.status);
    const connectionId = change.connectionId ?? found.connectionId;
    const templateId = change.templateId ?? found.templateId;
    // What it named was removed, and nothing else was named.
    if (!connectionId) throw new BulkConnectionNotFound();
    if (!templateId) throw new BulkTemplateNotFound();
    const { name, variables, segment, perMinute } = found;
    const order = { name, variables, segment, perMinute, ...change, connectionId, templateId };
    await this.plans.of(order);
    await this.bulkSends.change(id, order);
  }
}
