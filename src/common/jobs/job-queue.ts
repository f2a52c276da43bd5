import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import { JobRegistry } from './job-registry';

/**
 * Jobs that must not overtake one another share one of these queues, chosen by hash: the worker locks every queue that
 * exists each time it fetches, so a queue per conversation would not scale.
 */
const SERIAL_QUEUES = 64;

export interface EnqueueOptions {
  /** Names the pending job, so that it can be replaced or removed. Unique within the organization. */
  readonly key?: string;
  /** What to do when a job with this key is pending. Default `replace`. */
  readonly ifPending?: 'replace' | 'keep';
  /** Jobs with the same value run one after the other: a conversation's id. */
  readonly serial?: string;
  readonly runAt?: Date;
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
      options.serial === undefined ? null : serialQueue(options.serial),
      options.runAt ?? null,
      maxAttempts,
      options.ifPending === 'keep' ? 'unsafe_dedupe' : 'replace',
    ]);
  }
}

function serialQueue(value: string): string {
  return `serial-${createHash('sha256').update(value).digest().readUInt16BE(0) % SERIAL_QUEUES}`;
}
