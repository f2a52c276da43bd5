import { Injectable } from '@nestjs/common';
import { newId, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Log } from '../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Clock } from '../../../common/time/clock';
import { StuckMessages, type StuckMessage } from '../db/stuck-messages.repository';
import { RescueStuckMessage } from './rescue-stuck-message.use-case';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';

const BATCH = 500;

/**
 * Finds outgoing messages that are unfinished for longer than they can be on their own: the job that would have gone on
 * with them is dead or lost, and nobody else would notice. Each is rescued in a transaction of its organization.
 */
@Injectable()
@ScheduledJob({ name: 'conversations.sweep-outgoing', cron: '* * * * *' })
export class SweepOutgoing implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly stuck: StuckMessages,
    private readonly rescue: RescueStuckMessage,
    private readonly queue: SendQueue,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const idleSince = new Date(this.clock.now().getTime() - this.timing.stuckAfterMs);
    let last: StuckMessage | undefined;
    do {
      const page = await this.stuck.page(idleSince, last, BATCH);
      for (const message of page) await this.tryOne(message);
      last = page.length === BATCH ? page.at(-1) : undefined;
    } while (last);
    for (const idle of await this.stuck.idleBulkConnections(idleSince)) await this.dispatch(idle);
  }

  /** Whoever waits for the pace of their connection has a job; this is for those whose job is lost, and no more than one each. */
  private async dispatch({ org_id, connection_id }: { org_id: Uuid; connection_id: Uuid }): Promise<void> {
    try {
      await this.database.runInOrg(systemScope(org_id), () => this.queue.wake(connection_id, 'bulk'));
    } catch (error) {
      this.log.warn('waiting messages could not be set going', { orgId: org_id, error });
    }
  }

  /** One that cannot be rescued now holds back no other: it is found again by the next run. */
  private async tryOne({ org_id, id }: StuckMessage): Promise<void> {
    try {
      await this.database.runInOrg(systemScope(org_id, newId()), () => this.rescue.execute(id));
    } catch (error) {
      this.log.warn('a stuck message could not be rescued', { orgId: org_id, messageId: id, error });
    }
  }
}
