import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobQueue } from '../../../../common/jobs';
import { Log } from '../../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { Clock } from '../../../../common/time/clock';
import { OpenCalls, type OpenCall } from '../../db/calls/open-calls.repository';
import { ASK_FOR_CALL } from './ask-for-call.job';

const MINUTE_MS = 60_000;
/** A greeting, ringing at staff and a voicemail are over by then; whoever speaks for longer is asked for again. */
const EXPECTED_MS = 5 * MINUTE_MS;
/** Twilio's calls last a day at most. */
const GIVEN_UP_MS = 2 * 24 * 60 * MINUTE_MS;
const BATCH = 500;

/**
 * Has the provider asked for calls that are under way for longer than is to be expected: not every number is set up to tell the
 * end of a call, and what tells it can be lost.
 */
@Injectable()
@ScheduledJob({ name: 'conversations.close-calls', cron: '*/5 * * * *' })
export class CloseCalls implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly calls: OpenCalls,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now().getTime();
    const before = new Date(now - EXPECTED_MS);
    let last: OpenCall | undefined;
    do {
      const page = await this.calls.page(before, last, BATCH);
      for (const call of page) await this.see(call, call.started_at.getTime() <= now - GIVEN_UP_MS);
      last = page.length === BATCH ? page.at(-1) : undefined;
    } while (last);
  }

  /** One for which it fails holds back no other: the next run finds it again. */
  private async see({ org_id: orgId, id }: OpenCall, isGivenUp: boolean): Promise<void> {
    try {
      await this.database.runInOrg(systemScope(orgId), () =>
        isGivenUp
          ? this.calls.giveUp(id)
          : this.queue.enqueue(ASK_FOR_CALL, { callId: id }, { key: `ask-for-call:${id}` }),
      );
    } catch (error) {
      this.log.warn('a call could not be asked for', { orgId, error });
    }
  }
}
