import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger as WorkerLogger, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { Config } from '../config';
import { Database } from '../database';
import { Log } from '../logging';
import { JobRegistry } from './job-registry';
import { JobRunner } from './job-runner';
import { PatientPool } from './patient-pool';
import { WorkerLock } from './worker-lock';

const SWEEP_EVERY_MS = 1_000;
/** After a restart of PostgreSQL every live worker needs a moment to take its lock again. */
const LOCK_SETTLED_MS = 3_000;
/** How long jobs may take to finish at shutdown; what has not finished by then runs again elsewhere. */
const DRAIN_MS = 20_000;
const DRAIN_LIMIT_MS = DRAIN_MS + 5_000;

/** Works off the queue, keeps at it when the database goes away, and frees the jobs of workers that died. */
@Injectable()
export class Worker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private runner: Runner | undefined;
  private lock: WorkerLock | undefined;
  private pool: PatientPool | undefined;
  private readonly end = new AbortController();
  private working: Promise<void> | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly registry: JobRegistry,
    private readonly jobs: JobRunner,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.registry.discover();
    if (!this.config.runsJobs) return;
    await this.startRunner();
    this.working = this.keepWorking();
    this.sweepTimer = setInterval(() => void this.sweep(), SWEEP_EVERY_MS);
  }

  /** Lets running jobs finish, then leaves the queue. */
  async beforeApplicationShutdown(): Promise<void> {
    this.end.abort();
    clearInterval(this.sweepTimer);
    // While the database is away a drain does not come to its end; the sweep of the next process frees what is held.
    await Promise.race([this.drain(), sleep(DRAIN_LIMIT_MS, undefined, { ref: false })]);
    await this.lock?.release();
    await this.pool?.end();
  }

  private async drain(): Promise<void> {
    await this.runner?.stop().catch(() => undefined);
    await this.working;
  }

  /** Starts graphile-worker under a lock taken beforehand, so that no sweep can take its first jobs for orphans. */
  private async startRunner(): Promise<void> {
    const poolId = `worker-${randomUUID()}`;
    await this.lock?.release();
    this.lock = new WorkerLock(this.config.database.directServiceUrl, poolId, this.log);
    await this.lock.acquire();
    this.pool ??= this.openPool();
    const events = new EventEmitter() as WorkerEvents;
    events.on('pool:create', ({ workerPool }) => {
      // Its jobs are locked by this id; ours is the one that the advisory lock speaks of.
      (workerPool as { id: string }).id = poolId;
    });
    this.runner = await run({
      pgPool: this.pool,
      taskList: this.tasks(),
      concurrency: this.config.jobs.concurrency,
      noHandleSignals: true,
      pollInterval: 1_000,
      events,
      logger: new WorkerLogger(() => (_level, message) => {
        this.log.debug('job queue', { reason: message.slice(0, 200) });
      }),
      preset: {
        worker: {
          gracefulShutdownAbortTimeout: DRAIN_MS,
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          localQueue: { size: Math.max(16, this.config.jobs.concurrency * 2), ttl: 30_000 },
          useNodeTime: false,
        },
      },
    });
  }

  private openPool(): PatientPool {
    const pool = new PatientPool(
      {
        connectionString: this.config.database.directServiceUrl,
        max: 4,
        application_name: 'frontdesk worker',
      },
      this.log,
      () => void this.runner?.stop().catch(() => undefined),
    );
    pool.on('error', (error) => this.log.warn('an idle worker connection broke', { error }));
    // A connection that breaks while it is lent out: the statement on it fails, and that is told there.
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  private tasks(): TaskList {
    return Object.fromEntries(
      this.registry.names().map((name) => [
        name,
        (payload, { job }) =>
          this.jobs.run(name, payload, {
            id: job.id,
            attempt: job.attempts,
            maxAttempts: job.max_attempts,
          }),
      ]),
    );
  }

  /** A method, since it changes while another one waits. */
  private isStopping(): boolean {
    return this.end.signal.aborted;
  }

  /** The runner ends after the database was away (see {@link PatientPool}); then another is started, under a new id. */
  private async keepWorking(): Promise<void> {
    while (!this.isStopping()) {
      try {
        if (!this.runner) await this.startRunner();
        await this.runner?.promise;
      } catch (error) {
        if (!this.isStopping()) this.log.warn('the job queue is out of reach, trying again', { error });
      }
      this.runner = undefined;
      if (!this.isStopping()) await sleep(500);
    }
  }

  private async sweep(): Promise<void> {
    if ((this.lock?.heldForMs() ?? 0) < LOCK_SETTLED_MS) return;
    try {
      const freed = await this.database.platform('SELECT release_jobs_of_dead_workers()');
      if (freed.length > 0) this.log.warn('freed the jobs of dead workers', { count: freed.length });
    } catch (error) {
      this.log.warn('cannot look for dead workers', { error });
    }
  }
}
