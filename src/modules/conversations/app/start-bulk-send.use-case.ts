import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { BulkSends } from '../db/bulk-sends.repository';
import {
  BulkConnectionNotFound,
  BulkConnectionNotUsable,
  BulkSendNotFound,
  BulkTemplateNotFound,
  BulkTemplateNotUsable,
} from '../domain/bulk-errors';
import { checkCan, checkSendAt, goingOn } from '../domain/bulk-send';
import { BulkPlans } from './bulk-plan';
import { BulkRunQueue } from './bulk-run-queue';

/** Starts a bulk send, now or at a later time. The work is a job; its messages are of whoever starts it. */
@Injectable()
export class StartBulkSend {
  constructor(
    private readonly plans: BulkPlans,
    private readonly bulkSends: BulkSends,
    private readonly runs: BulkRunQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws {@link BulkSendNotFound}, `BulkSendNotStartable`, `BadSendTime`, {@link BulkConnectionNotUsable},
   * {@link BulkTemplateNotUsable} and what {@link BulkPlans.of} throws.
   */
  async execute(id: Uuid, sendAt: Date | null): Promise<void> {
    const found = await this.bulkSends.lock(id);
    if (!found) throw new BulkSendNotFound();
    checkCan('start', found.status);
    const now = this.clock.now();
    checkSendAt(sendAt, now);
    const { connectionId, templateId } = found;
    if (!connectionId) throw new BulkConnectionNotFound();
    if (!templateId) throw new BulkTemplateNotFound();
    const { connection, template } = await this.plans.of({ ...found, connectionId, templateId });
    if (!connection.isActive) throw new BulkConnectionNotUsable();
    if (!template.isUsable) throw new BulkTemplateNotUsable();
    await this.bulkSends.start(id, goingOn(sendAt, now), sendAt);
    await this.runs.run(id, sendAt);
  }
}
