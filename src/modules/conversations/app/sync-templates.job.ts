import { Injectable } from '@nestjs/common';
import { ScheduledJob, type RunsOnSchedule } from '../../../common/schedule';
import { Clock } from '../../../common/time/clock';
import { Channels, type ConnectionSummary } from '../../channels';
import { Tenancy } from '../../tenancy';
import { TemplateSyncQueue } from './template-sync-queue';

/** Accounts are read within this time after the schedule fires, each at a moment of its own. */
const SPREAD_SECONDS = 25 * 60;

/** Has the templates of every account with an active WhatsApp number read again. */
@Injectable()
@ScheduledJob({ name: 'conversations.sync-templates', cron: '*/30 * * * *' })
export class SyncTemplates implements RunsOnSchedule {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly channels: Channels,
    private readonly queue: TemplateSyncQueue,
    private readonly clock: Clock,
  ) {}

  run(): Promise<void> {
    return this.tenancy.inEachOrganization(async () => {
      if (await this.tenancy.isSuspended()) return;
      const now = this.clock.now().getTime();
      for (const connection of onePerAccount(await this.channels.activeConnections('whatsapp')))
        await this.queue.add(connection.id, new Date(now + 1000 * delayOf(connection)));
    });
  }
}

/** The oldest of each account: they all see the same templates. */
function onePerAccount(connections: readonly ConnectionSummary[]): ConnectionSummary[] {
  const byAccount = new Map<string, ConnectionSummary>();
  for (const connection of connections) {
    const account = `${connection.provider} ${connection.accountId}`;
    if (!byAccount.has(account)) byAccount.set(account, connection);
  }
  return [...byAccount.values()];
}

/** The end of an id is random, and stays. */
function delayOf({ id }: ConnectionSummary): number {
  return Number.parseInt(id.slice(-8), 16) % SPREAD_SECONDS;
}
