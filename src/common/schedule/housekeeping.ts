import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import { ScheduledJob, type RunsOnSchedule } from './scheduled-job';

/** Forgets answers kept for Idempotency-Keys after a day, and which instance ran what after a week. */
@Injectable()
@ScheduledJob({ name: 'common.housekeeping', cron: '17 * * * *' })
export class Housekeeping implements RunsOnSchedule {
  constructor(private readonly database: Database) {}

  async run(): Promise<void> {
    await this.database.platform('SELECT expire_idempotency_keys()');
    await this.database.platform(`DELETE FROM cron_runs WHERE claimed_at < now() - interval '7 days'`);
  }
}
