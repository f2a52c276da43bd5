import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import { JobRegistry } from './job-registry';

export interface EnqueueOptions {
  /** Names the pending job, so that it can be replaced or removed. Unique within the organization. */
  readonly key?: string;
  /** What to do when a job with this key is pending. Default `replace`. */
  readonly ifPending?: 'replace' | 'keep';
  readonly runAt?: Date;
  /** Lower goes first where jobs wait. Default 0. */
  readonly priority?: number;
}

/** Puts jobs into the queue, in the transaction at hand: they exist when it commits, and only then. */
@Injectable()
export class JobQueue {
  constructor(
    private readonly database: Database,
    private readonly registry: JobRegistry,
  ) {}

  /** Queues one job. Its organization must be the one at hand; the database refuses any other. */
  async enqueue(name: string, payload: object, options: EnqueueOptions = {}): Promise<void> {
    const { maxAttempts } = this.registry.get(name).options;
    const { tx } = this.database;
    await tx.query('SELECT enqueue_job($1, $2, $3, $4, $5, $6, $7)', [
      name,
      JSON.stringify({ orgId: tx.scope.orgId ?? undefined, requestId: tx.scope.requestId, ...payload }),
      options.key ?? null,
      options.runAt ?? null,
      maxAttempts,
      options.ifPending === 'keep' ? 'unsafe_dedupe' : 'replace',
      options.priority ?? 0,
    ]);
  }
}
