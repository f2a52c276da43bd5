import { Injectable } from '@nestjs/common';
import { newId, systemScope, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { Log } from '../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Clock } from '../../../common/time/clock';
import { ClosingWindows, type ClosingWindow } from '../db/closing-windows.repository';
import { SessionWindowClosing } from '../domain/session-window-closing';

const BATCH = 500;
const AHEAD_MS = 60 * 60 * 1000;

/** Tells of session windows that close within the hour while the customer waits for an answer: once for each. */
@Injectable()
@ScheduledJob({ name: 'conversations.warn-closing-windows', cron: '* * * * *' })
export class WarnClosingWindows implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly windows: ClosingWindows,
    private readonly events: EventBus,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const from = this.clock.now();
    const until = new Date(from.getTime() + AHEAD_MS);
    let last: ClosingWindow | undefined;
    do {
      const page = await this.windows.page(from, until, last, BATCH);
      for (const [orgId, ids] of byOrganization(page)) await this.tryIn(orgId, ids, from, until);
      last = page.length === BATCH ? page.at(-1) : undefined;
    } while (last);
  }

  /** An organization for which it fails holds back no other: its windows are found again by the next run. */
  private async tryIn(orgId: Uuid, ids: readonly Uuid[], from: Date, until: Date): Promise<void> {
    try {
      await this.database.runInOrg(systemScope(orgId, newId()), () => this.warn(ids, from, until));
    } catch (error) {
      this.log.warn('closing session windows could not be told', { orgId, error });
    }
  }

  private async warn(ids: readonly Uuid[], from: Date, until: Date): Promise<void> {
    const { orgId } = this.database.tx;
    for (const { id: conversationId, contactId, endsAt } of await this.windows.warn(ids, from, until))
      await this.events.publish(
        new SessionWindowClosing({ orgId, conversationId, contactId, endsAt: endsAt.toISOString() }),
      );
  }
}

function byOrganization(windows: readonly ClosingWindow[]): Map<Uuid, Uuid[]> {
  const ids = new Map<Uuid, Uuid[]>();
  for (const { org_id, id } of windows) ids.set(org_id, [...(ids.get(org_id) ?? []), id]);
  return ids;
}
