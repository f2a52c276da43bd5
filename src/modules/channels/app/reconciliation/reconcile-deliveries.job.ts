import { Injectable } from '@nestjs/common';
import { JobQueue, type OrgJobPayload } from '../../../../common/jobs';
import { ScheduledJob, type RunsOnSchedule } from '../../../../common/schedule';
import type { Uuid } from '../../../../common/context';
import { Tenancy } from '../../../tenancy';
import { ConnectionsRepository } from '../../db/connections.repository';

export const RECONCILE_CONNECTION = 'channels.reconcile-connection';

export interface ReconcileConnectionPayload extends OrgJobPayload {
  readonly connectionId: Uuid;
}

const CONNECTIONS = 500;
/** Behind whatever people wait for. */
const LAST = 50;

/** Has every connection's messages of the last day compared with the log, every hour. One run of each waits at most. */
@Injectable()
@ScheduledJob({ name: 'channels.reconcile-deliveries', cron: '23 * * * *' })
export class ReconcileDeliveries implements RunsOnSchedule {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly connections: ConnectionsRepository,
    private readonly queue: JobQueue,
  ) {}

  run(): Promise<void> {
    return this.tenancy.inEachOrganization(() => this.enqueueAll());
  }

  private async enqueueAll(): Promise<void> {
    for (let before: Uuid | null = null; ;) {
      const page = await this.connections.list(CONNECTIONS, before);
      for (const { id: connectionId } of page)
        await this.queue.enqueue(
          RECONCILE_CONNECTION,
          { connectionId },
          { key: `reconcile:${connectionId}`, priority: LAST },
        );
      if (page.length < CONNECTIONS) return;
      before = page.at(-1)?.id ?? null;
    }
  }
}
