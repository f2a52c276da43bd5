import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { WebhookIntake } from '../db/webhook-intake.repository';

const MONTHS_AHEAD = 3;

/** Makes the months of the webhook log ahead of time: a delivery of a month without one would be refused. */
@Injectable()
@ScheduledJob({ name: 'channels.maintain-partitions', cron: '23 * * * *', atStart: true })
export class MaintainPartitions implements RunsOnSchedule {
  constructor(private readonly intake: WebhookIntake) {}

  async run(): Promise<void> {
    await this.intake.makePartitions(MONTHS_AHEAD);
  }
}
