import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { asUuid, systemScope, type OrgScope, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import { JobHandler, type HandlesJob, type JobRun, type OrgJobPayload } from '../../../common/jobs';
import { BulkSends } from '../db/bulk-sends.repository';
import { BulkContactsChangedMeanwhile } from '../domain/bulk-errors';
import { BulkRunQueue, RUN_BULK_SEND } from './bulk-run-queue';
import { BulkRunStep } from './bulk-run-step';

/** Contacts that others change at the same time are looked at again. */
const TRIES = 5;

interface RunBulkSendPayload extends OrgJobPayload {
  readonly bulkSendId: string;
}

/**
 * Queues the messages of a bulk send, step by step, each in one short transaction that also writes how far it came: whenever a
 * run dies, the next one goes on after the last step, and nobody is left out or written to twice. Two that run at once take
 * turns by the lock of the bulk send.
 */
@Injectable()
@JobHandler({ name: RUN_BULK_SEND, transaction: 'own' })
export class RunBulkSend implements HandlesJob<RunBulkSendPayload>, OnModuleDestroy {
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly bulkSends: BulkSends,
    private readonly steps: BulkRunStep,
    private readonly runs: BulkRunQueue,
  ) {}

  /** The process ends: whoever comes next goes on where the step at hand ends. */
  onModuleDestroy(): void {
    this.stopping = true;
  }

  async handle(payload: RunBulkSendPayload, job: JobRun): Promise<void> {
    const id = asUuid(payload.bulkSendId);
    const scope = systemScope(asUuid(payload.orgId), asUuid(payload.requestId));
    const found = await this.database.runInOrg(scope, () => this.bulkSends.find(id));
    if (!found) return;
    // What it writes is written by the person who started it.
    const actor = { type: found.startedByType ?? 'system', id: found.startedBy } as const;
    const own: OrgScope = { ...scope, actor };
    try {
      while (await this.step(own, id))
        if (this.stopping) {
          await this.database.runInOrg(own, () => this.runs.run(id));
          return;
        }
    } catch (error) {
      if (job.attempt >= job.maxAttempts) await this.database.runInOrg(own, () => this.steps.fail(id));
      throw error;
    }
  }

  private async step(scope: OrgScope, id: Uuid): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.database.runInOrg(scope, () => this.steps.take(id));
      } catch (error) {
        const raced =
          error instanceof BulkContactsChangedMeanwhile ||
          violatesUnique(error, 'bulk_send_recipients_one_contact') ||
          violatesUnique(error, 'bulk_send_recipients_one_address');
        if (!raced || attempt === TRIES) throw error;
      }
    }
  }
}
