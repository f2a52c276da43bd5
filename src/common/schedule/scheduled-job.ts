import { Injectable, SetMetadata, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Config } from '../config';
import { Database } from '../database';
import { JobQueue, JobRegistry, type HandlesJob } from '../jobs';
import { Log } from '../logging';
import { timetable } from './timetable';

const MINUTE = 60_000;
const SCHEDULED_JOB = 'frontdesk:scheduled-job';

interface ScheduledJobOptions {
  /** `module.what-it-does`. */
  readonly name: string;
  /** Five fields, UTC. */
  readonly cron: string;
  /** Also queued when a process starts. */
  readonly atStart?: boolean;
}

/** Work that recurs. It is a job like any other: tried again when it fails, seen when it is dead. */
export interface RunsOnSchedule {
  run(): Promise<void>;
}

/** Marks an injectable class as recurring work. */
export const ScheduledJob = (options: ScheduledJobOptions): ClassDecorator =>
  SetMetadata(SCHEDULED_JOB, options);

/**
 * Fires recurring work. Every instance fires; the first to write the slot into `cron_runs` queues the run, in the same
 * transaction, so that a crash right after loses nothing.
 */
@Injectable()
export class Schedule implements OnModuleInit, OnApplicationBootstrap {
  private readonly scheduled: ScheduledJobOptions[] = [];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly scheduler: SchedulerRegistry,
    private readonly registry: JobRegistry,
    private readonly queue: JobQueue,
    private readonly database: Database,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || !instance) continue;
      const options = this.reflector.get<ScheduledJobOptions | undefined>(SCHEDULED_JOB, metatype);
      if (!options) continue;
      const handler: HandlesJob = { handle: () => (instance as RunsOnSchedule).run() };
      this.registry.add({ name: options.name, transaction: 'platform' }, handler);
      this.scheduled.push(options);
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.runsJobs) return;
    for (const { name, cron, atStart } of this.scheduled) {
      const job = timetable(cron, (slot) => void this.fire(name, slot));
      this.scheduler.addCronJob(name, job);
      if (atStart) await this.fire(name, new Date(Math.floor(Date.now() / MINUTE) * MINUTE));
    }
  }

  /** Queues the run that is planned for `slot`, unless another instance has; true when this one did. */
  async fire(name: string, slot: Date): Promise<boolean> {
    try {
      return await this.database.runAsPlatform(async () => {
        const claimed = await this.database.tx.execute(
          'INSERT INTO cron_runs (job, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING',
          [name, slot],
        );
        if (claimed === 1) await this.queue.enqueue(name, {}, { key: name });
        return claimed === 1;
      });
    } catch (error) {
      this.log.error('a scheduled run could not be queued', { job: name, error });
      return false;
    }
  }
}
