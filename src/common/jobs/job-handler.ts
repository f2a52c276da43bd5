import { SetMetadata } from '@nestjs/common';

/** Metadata key under which the worker finds handlers. */
export const JOB_HANDLER = 'frontdesk:job-handler';

/** What every job of an organization carries. Ids only: content stays in the tables that row-level security guards. */
export interface OrgJobPayload {
  readonly orgId: string;
  /** The request (or run) that caused it, for the audit trail and the logs. */
  readonly requestId: string;
}

/** The run at hand. */
export interface JobRun {
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
}

/**
 * - `org`: `handle` runs in one transaction of the payload's organization. For work within the database.
 * - `own`: `handle` takes its own, short transactions around its calls to the network.
 * - `platform`: work of no organization, transactions of its own.
 */
export type JobTransaction = 'org' | 'own' | 'platform';

export interface JobHandlerOptions {
  /** `module.what-it-does`; stored with waiting jobs, so it stays. */
  readonly name: string;
  readonly transaction: JobTransaction;
  /** After so many failures the job is dead: listed, and replayed by hand. Waits grow as exp(attempt) seconds. Default 12. */
  readonly maxAttempts?: number;
}

/** A class that works off one kind of job. It is idempotent: after a crash the same job runs again. */
export interface HandlesJob<Payload = never> {
  handle(payload: Payload, run: JobRun): Promise<void>;
}

/** Marks an injectable class as the handler of one kind of job. */
export const JobHandler = (options: JobHandlerOptions): ClassDecorator => SetMetadata(JOB_HANDLER, options);
