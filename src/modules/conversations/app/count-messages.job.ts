import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Clock } from '../../../common/time/clock';
import { Tenancy } from '../../tenancy';
import { MessageTallies } from '../db/message-tallies.repository';

/** Counts the messages of the last days, of one organization after the other. */
@Injectable()
@ScheduledJob({ name: 'conversations.count-messages', cron: '*/15 * * * *' })
export class CountMessages implements RunsOnSchedule {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly tallies: MessageTallies,
    private readonly clock: Clock,
  ) {}

  run(): Promise<void> {
    return this.tenancy.inEachOrganization(() => this.tallies.count(this.clock.now()));
  }
}
