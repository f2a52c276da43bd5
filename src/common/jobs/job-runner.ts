import { Injectable } from '@nestjs/common';
import { asUuid, isUuid, newId, systemScope, withRequestContext } from '../context';
import { Database } from '../database';
import { RuleError } from '../errors';
import { describeError, Log } from '../logging';
import type { HandlesJob, JobRun, OrgJobPayload } from './job-handler';
import { JobRegistry, type RegisteredJob } from './job-registry';

/** What the queue keeps of a failure: class and code. A message can quote what it failed on, and jobs are listed. */
export class JobFailed extends Error {
  constructor(cause: unknown) {
    const { name, code } =
      cause instanceof RuleError ? { name: cause.name, code: cause.code } : describeError(cause);
    super(code ? `${name} (${code})` : name);
    this.name = 'JobFailed';
  }
}

/** Runs one job: finds its handler, opens its transaction, logs how it ended. */
@Injectable()
export class JobRunner {
  constructor(
    private readonly registry: JobRegistry,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Throws {@link JobFailed} when the handler throws; the queue then tries again later. */
  async run(name: string, payload: unknown, run: JobRun): Promise<void> {
    const { requestId: given } = payload as Partial<OrgJobPayload>;
    const requestId = isUuid(given) ? given : newId();
    await withRequestContext({ requestId }, async () => {
      const started = performance.now();
      const fields = { job: name, jobId: run.id, attempt: run.attempt };
      try {
        await this.handle(this.registry.get(name), payload, run);
        this.log.debug('job done', { ...fields, durationMs: Math.round(performance.now() - started) });
      } catch (error) {
        const dead = run.attempt >= run.maxAttempts;
        this.log[dead ? 'error' : 'warn'](dead ? 'job dead' : 'job failed, will be tried again', {
          ...fields,
          error,
        });
        throw new JobFailed(error);
      }
    });
  }

  private async handle({ options, handler }: RegisteredJob, payload: unknown, run: JobRun): Promise<void> {
    const target = handler as HandlesJob<unknown>;
    if (options.transaction !== 'org') return target.handle(payload, run);
    const { orgId, requestId } = payload as OrgJobPayload;
    await this.database.runInOrg(systemScope(asUuid(orgId), asUuid(requestId)), () =>
      target.handle(payload, run),
    );
  }
}
