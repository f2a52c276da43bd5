import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Clock } from '../../../common/time/clock';
import { Tenancy } from '../../tenancy';
import { ChannelTallies } from '../db/channel-tallies.repository';

/** Counts the deliveries of the last days, of one organization after the other. */
@Injectable()
@ScheduledJob({ name: 'channels.count-deliveries', cron: '*/15 * * * *' })
export class CountDeliveries implements RunsOnSchedule {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly tallies: ChannelTallies,
    private readonly clock: Clock,
  ) {}

  run(): Promise<void> {
    return this.tenancy.inEachOrganization(() => this.tallies.count(this.clock.now()));
  }
}
