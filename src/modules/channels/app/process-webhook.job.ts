import { Injectable } from '@nestjs/common';
import { asUuid, systemScope, type OrgScope } from '../../../common/context';
import { Database } from '../../../common/database';
import { RuleError } from '../../../common/errors';
import { JobHandler, type HandlesJob } from '../../../common/jobs';
import { describeError, Log } from '../../../common/logging';
import { Clock } from '../../../common/time/clock';
import { PROCESS_WEBHOOK } from '../db/webhook-intake.repository';
import { WebhookLogsRepository } from '../db/webhook-logs.repository';
import type { WebhookRef } from '../domain/webhook-events';
import { ProcessWebhook, type QueuedDelivery } from './process-webhook.use-case';

/** Works off a delivery that was taken in. An attempt that fails leaves its reason on the log, and is made again. */
@Injectable()
@JobHandler({ name: PROCESS_WEBHOOK, transaction: 'own' })
export class ProcessWebhookJob implements HandlesJob<QueuedDelivery> {
  constructor(
    private readonly database: Database,
    private readonly processing: ProcessWebhook,
    private readonly logs: WebhookLogsRepository,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async handle(payload: QueuedDelivery): Promise<void> {
    const scope = systemScope(asUuid(payload.orgId), asUuid(payload.requestId));
    const startedAt = this.clock.now();
    try {
      await this.database.runInOrg(scope, () => this.processing.execute(payload, startedAt));
    } catch (error) {
      await this.noteFailure(scope, payload, startedAt, error);
      throw error;
    }
  }

  /** In a transaction of its own: that of the work is rolled back. */
  private async noteFailure(
    scope: OrgScope,
    ref: WebhookRef,
    startedAt: Date,
    error: unknown,
  ): Promise<void> {
    try {
      await this.database.runInOrg(scope, () => this.logs.noteFailure(ref, startedAt, reasonOf(error)));
    } catch (unwritten) {
      this.log.warn('a failed attempt could not be noted', { error: unwritten });
    }
  }
}

/** Class and code: a message can quote a value. */
export function reasonOf(error: unknown): string {
  if (error instanceof RuleError) return error.code;
  const { name, code } = describeError(error);
  return code ? `${name} (${code})` : name;
}
