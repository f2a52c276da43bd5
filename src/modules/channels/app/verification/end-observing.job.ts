import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Log } from '../../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { Observations } from '../../db/verification/observations.repository';
import { SetVerification } from './set-verification.use-case';

/**
 * Has connections enforce signatures again whose time to observe is over. Intake compares the time by itself: nothing is taken in
 * longer because this has not run yet.
 */
@Injectable()
@ScheduledJob({ name: 'channels.end-observing', cron: '* * * * *' })
export class EndObserving implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly observations: Observations,
    private readonly verification: SetVerification,
    private readonly log: Log,
  ) {}

  /** One for which it fails holds back no other: the next minute is another chance. */
  async run(): Promise<void> {
    for (const { orgId, id } of await this.observations.over())
      try {
        await this.database.runInOrg(systemScope(orgId), () => this.verification.endIfOver(id));
      } catch (error) {
        this.log.warn('observing could not be ended', { orgId, connectionId: id, error });
      }
  }
}
