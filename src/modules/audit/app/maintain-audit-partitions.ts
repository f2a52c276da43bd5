import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { AuditPartitions } from '../db/audit-partitions';

/** An entry without a partition would be refused, and with it the change that it tells of. */
const MONTHS_AHEAD = 3;

/** Keeps partitions of the trail ahead of time: hourly, and when a process starts after a long rest. */
@Injectable()
@ScheduledJob({ name: 'audit.maintain-partitions', cron: '5 * * * *', atStart: true })
export class MaintainAuditPartitions implements RunsOnSchedule {
  constructor(private readonly partitions: AuditPartitions) {}

  async run(): Promise<void> {
    await this.partitions.ensure(MONTHS_AHEAD);
  }
}
