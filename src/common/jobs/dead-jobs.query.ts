import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import { NotFound } from '../errors';
import { Cursors, type Page } from '../http/page';
import type { PageQueryDto } from '../http/page-query.dto';
import type { DeadJobDto } from './dead-job.dto';

/** No dead job of this organization has that id. */
export class DeadJobNotFound extends NotFound {
  readonly code = 'dead_job_not_found';
  constructor() {
    super('There is no such dead job.');
  }
}

interface Row extends Record<string, unknown> {
  id: string;
  task: string;
  attempts: number;
  last_error: string | null;
  created_at: Date;
  failed_at: Date;
}

/** Jobs of the organization at hand that failed for the last time. */
@Injectable()
export class DeadJobs {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
  ) {}

  async list({ limit, cursor }: PageQueryDto): Promise<Page<DeadJobDto>> {
    const { tx } = this.database;
    const before = cursor ? this.cursors.read(tx.orgId, 'dead-jobs', cursor)[1] : null;
    const rows = await tx.query<Row>(
      'SELECT id, task, attempts, last_error, created_at, failed_at FROM list_dead_jobs($1, $2)',
      [limit + 1, before],
    );
    return this.cursors.page({
      orgId: tx.orgId,
      filter: 'dead-jobs',
      rows,
      limit,
      position: (row) => ['', row.id],
      item: (row) => ({
        id: row.id,
        task: row.task,
        attempts: row.attempts,
        lastError: row.last_error,
        createdAt: row.created_at,
        failedAt: row.failed_at,
      }),
    });
  }

  /** Gives a dead job all its attempts again. Throws {@link DeadJobNotFound}. */
  async replay(id: string): Promise<void> {
    const known = /^\d{1,18}$/.test(id);
    const row = known
      ? await this.database.tx.one<{ done: boolean }>('SELECT replay_dead_job($1) AS done', [id])
      : undefined;
    if (!row?.done) throw new DeadJobNotFound();
  }
}
