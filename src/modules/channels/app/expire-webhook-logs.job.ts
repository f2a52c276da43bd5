import { Injectable } from '@nestjs/common';
import { Log } from '../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { WebhookIntake } from '../db/webhook-intake.repository';

const BATCH = 5_000;
/** A run ends after so many: the next hour goes on. */
const BATCHES = 200;

/**
 * Deletes webhook logs that are older than their organization keeps them and the claims of their events, a batch and a commit
 * at a time; then the months that are empty. What is still to be worked off stays.
 */
@Injectable()
@ScheduledJob({ name: 'channels.expire-webhook-logs', cron: '41 * * * *' })
export class ExpireWebhookLogs implements RunsOnSchedule {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const logs = await inBatches(() => this.intake.expireLogs(BATCH));
    if (logs > 0) this.log.info('webhook logs expired', { count: logs });
    const events = await inBatches(() => this.intake.expireEvents(BATCH));
    if (events > 0) this.log.info('webhook events expired', { count: events });
    await this.intake.dropEmptyPartitions();
  }
}

async function inBatches(expire: () => Promise<number>): Promise<number> {
  let gone = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const deleted = await expire();
    gone += deleted;
    if (deleted < BATCH) break;
  }
  return gone;
}
