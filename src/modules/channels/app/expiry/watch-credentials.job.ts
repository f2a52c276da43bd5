import { Injectable } from '@nestjs/common';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { EventBus } from '../../../../common/events';
import { Log } from '../../../../common/logging';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import { Clock } from '../../../../common/time/clock';
import {
  ExpiringCredentials,
  type ExpiringConnection,
} from '../../db/expiry/expiring-credentials.repository';
import { CredentialsExpiring, EXPIRY_WARNINGS } from '../../domain/credentials-expiring';

const BATCH = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Tells of credentials that end within 14, 7 and 1 days: of each end once for each. */
@Injectable()
@ScheduledJob({ name: 'channels.watch-credentials', cron: '7 6 * * *' })
export class WatchCredentials implements RunsOnSchedule {
  constructor(
    private readonly database: Database,
    private readonly expiring: ExpiringCredentials,
    private readonly events: EventBus,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + Math.max(...EXPIRY_WARNINGS) * DAY_MS);
    let last: ExpiringConnection | undefined;
    do {
      const page = await this.expiring.page(until, last, BATCH);
      for (const connection of page) await this.tryOne(connection, now);
      last = page.length === BATCH ? page.at(-1) : undefined;
    } while (last);
  }

  /** One for which it fails holds back no other: it is found again by the next run. */
  private async tryOne({ org_id: orgId, id }: ExpiringConnection, now: Date): Promise<void> {
    try {
      await this.database.runInOrg(systemScope(orgId), async () => {
        const warning = await this.expiring.warn(id, now);
        if (!warning) return;
        const { expireAt, days } = warning;
        await this.events.publish(
          new CredentialsExpiring({ orgId, connectionId: id, expireAt: expireAt.toISOString(), days }),
        );
      });
    } catch (error) {
      this.log.warn('it could not be told that credentials end', { orgId, connectionId: id, error });
    }
  }
}
