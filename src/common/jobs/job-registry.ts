import { Injectable } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { JOB_HANDLER, type HandlesJob, type JobHandlerOptions } from './job-handler';

const DEFAULT_MAX_ATTEMPTS = 12;

export interface RegisteredJob {
  readonly options: Required<JobHandlerOptions>;
  readonly handler: HandlesJob;
}

/** All job handlers of the program, by name. */
@Injectable()
export class JobRegistry {
  private readonly jobs = new Map<string, RegisteredJob>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
  ) {}

  /** Finds the classes marked with `@JobHandler`. Called once all modules are there. */
  discover(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      if (!metatype || !instance) continue;
      const options = this.reflector.get<JobHandlerOptions | undefined>(JOB_HANDLER, metatype);
      if (options) this.add(options, instance as HandlesJob);
    }
  }

  /** Adds a handler; two of one name are a mistake in the program. */
  add(options: JobHandlerOptions, handler: HandlesJob): void {
    if (this.jobs.has(options.name)) throw new Error(`two handlers for the job ${options.name}`);
    this.jobs.set(options.name, { options: { maxAttempts: DEFAULT_MAX_ATTEMPTS, ...options }, handler });
  }

  get(name: string): RegisteredJob {
    const job = this.jobs.get(name);
    if (!job) throw new Error(`no handler for the job ${name}`);
    return job;
  }

  names(): string[] {
    return [...this.jobs.keys()];
  }
}
