import { Injectable } from '@nestjs/common';
import { Log } from '../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { WebhookIntake } from '../db/webhook-intake.repository';

const BATCH = 5_000;
/** A run ends after so many: the next hour goes on. */
const BATCHES = 200;

/** Deletes webhook logs that are older than their organization keeps them, a batch and a commit at a time. */
@Injectable()
@ScheduledJob({ name: 'channels.expire-webhook-logs', cron: '41 * * * *' })
export class ExpireWebhookLogs implements RunsOnSchedule {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    let gone = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const deleted = await this.intake.expire(BATCH);
      gone += deleted;
      if (deleted < BATCH) break;
    }
    if (gone > 0) this.log.info('webhook logs expired', { count: gone });
  }
}
