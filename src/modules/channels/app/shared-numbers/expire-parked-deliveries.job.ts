import { Injectable } from '@nestjs/common';
import { systemScope, type OrgScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Log } from '../../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { Clock } from '../../../../common/time/clock';
import { deliveryOf, ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedDeliveries } from '../../db/shared-numbers/shared-deliveries.repository';
import { SharedNumbers } from '../../db/shared-numbers/shared-numbers.repository';
import { SharedSenders } from '../../db/shared-numbers/shared-senders.repository';

const DAY = 86_400_000;
const BATCH = 500;
/** So long the operator can decide; afterwards a message is lost for good, and so is what is known of how it was settled. */
const PARKED_DAYS = 30;
/** So long it is remembered whom somebody chose of whom nothing is heard. */
const REMEMBERED_DAYS = 365;

/**
 * Leaves to the operator what a sender did not answer for, and ends what nobody decided about in a month. What is remembered of
 * senders ends a year after they were last heard of.
 */
@Injectable()
@ScheduledJob({ name: 'channels.expire-parked-deliveries', cron: '13,43 * * * *' })
export class ExpireParkedDeliveries implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly numbers: SharedNumbers,
    private readonly parked: ParkedDeliveries,
    private readonly deliveries: SharedDeliveries,
    private readonly senders: SharedSenders,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const owner = await this.numbers.owner();
    if (!owner) return;
    const scope = systemScope(owner);
    const now = this.clock.now();
    await this.inBatches(scope, () => this.giveUp(now));
    const expired = await this.inBatches(scope, () => this.expire(now));
    if (expired > 0) this.log.info('parked deliveries expired', { count: expired });
    const monthAgo = new Date(now.getTime() - PARKED_DAYS * DAY);
    await this.database.runInOrg(scope, () => this.parked.forgetSettled(monthAgo));
    const yearAgo = new Date(now.getTime() - REMEMBERED_DAYS * DAY);
    await this.inBatches(scope, () => this.senders.forgetIdle(yearAgo, BATCH));
  }

  private async giveUp(now: Date): Promise<number> {
    const rows = await this.parked.unanswered(now, BATCH);
    await this.parked.leaveToOperator(rows.map(({ id }) => id));
    return rows.length;
  }

  private async expire(now: Date): Promise<number> {
    const rows = await this.parked.waitingSince(new Date(now.getTime() - PARKED_DAYS * DAY), BATCH);
    for (const row of rows) {
      await this.deliveries.end(deliveryOf(row), now, 'parked_too_long');
      await this.parked.settle(row.id, { state: 'expired' }, now);
    }
    return rows.length;
  }

  /** A batch and a commit at a time. */
  private async inBatches(scope: OrgScope, work: () => Promise<number>): Promise<number> {
    let done = 0;
    for (;;) {
      const count = await this.database.runInOrg(scope, work);
      done += count;
      if (count < BATCH) return done;
    }
  }
}
