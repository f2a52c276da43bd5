import { Injectable } from '@nestjs/common';
import { newId, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Log } from '../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Clock } from '../../../common/time/clock';
import { HeldMessages } from '../db/held-messages.repository';
import { SendQueue } from './send-queue';

const BATCH = 1_000;

/**
 * Lets go of messages whose time has come; consent and quiet hours are asked for again when they are claimed. Each batch in a
 * transaction of its organization, with the job that sends it.
 */
@Injectable()
@ScheduledJob({ name: 'conversations.release-held', cron: '* * * * *' })
export class ReleaseHeld implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly held: HeldMessages,
    private readonly queue: SendQueue,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    for (const orgId of await this.held.dueOrganizations(this.clock.now())) await this.tryIn(orgId);
  }

  /** An organization for which it fails holds back no other: what is due is found again by the next run. */
  private async tryIn(orgId: Uuid): Promise<void> {
    try {
      while ((await this.database.runInOrg(systemScope(orgId, newId()), () => this.batch())) === BATCH);
    } catch (error) {
      this.log.warn('messages whose time has come could not be released', { orgId, error });
    }
  }

  private async batch(): Promise<number> {
    const { connectionIds, count } = await this.held.release(this.clock.now(), BATCH);
    for (const connectionId of connectionIds.sort()) await this.queue.dispatch(connectionId);
    return count;
  }
}
