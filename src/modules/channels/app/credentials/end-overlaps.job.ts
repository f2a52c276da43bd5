import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Log } from '../../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { Clock } from '../../../../common/time/clock';
import { Overlaps } from '../../db/credentials/overlaps.repository';

/** Forgets secrets that were replaced, once their time is over. Intake compares the time by itself: none verifies any longer. */
@Injectable()
@ScheduledJob({ name: 'channels.end-overlaps', cron: '23 * * * *' })
export class EndOverlaps implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly overlaps: Overlaps,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** One for which it fails holds back no other: the next hour is another chance. */
  async run(): Promise<void> {
    const now = this.clock.now();
    for (const { orgId, id } of await this.overlaps.over())
      try {
        await this.database.runInOrg(systemScope(orgId), () => this.overlaps.end(id, now));
      } catch (error) {
        this.log.warn('a replaced secret could not be removed', { orgId, connectionId: id, error });
      }
  }
}
