import { Injectable } from '@nestjs/common';
import { MIGRATIONS } from '../../migrations';
import { Database } from '../database';
import type { ReadinessDto } from './readiness.dto';

/** Jobs that wait longer than this mean that no worker keeps up. */
const LAG_LIMIT_SECONDS = 300;

/** Anyone may ask as often as they like; the database is asked once in this time. */
const REMEMBERED_MS = 1_000;

/**
 * The job that a worker would take next, by the queue's own index. Counting the queue, as the metrics do, reads all of it.
 * All jobs have the same priority.
 */
const READ = `
  SELECT (SELECT array_agg(name::text) FROM migrations) AS applied,
    GREATEST(0, COALESCE((
      SELECT extract(epoch FROM now() - run_at) FROM graphile_worker._private_jobs
      WHERE is_available ORDER BY priority, run_at LIMIT 1), 0))::float8 AS lag`;

interface Row extends Record<string, unknown> {
  applied: string[];
  lag: number;
}

/** Can this process serve? Asks the database, whether it has every migration, and how far behind the jobs are. */
@Injectable()
export class Readiness {
  private known: { readonly answer: Promise<ReadinessDto>; readonly until: number } | undefined;

  constructor(private readonly database: Database) {}

  /** Never throws: a database out of reach is an answer. Callers within a second share one. */
  check(): Promise<ReadinessDto> {
    const now = performance.now();
    if (!this.known || now >= this.known.until)
      this.known = { answer: this.ask(), until: now + REMEMBERED_MS };
    return this.known.answer;
  }

  private async ask(): Promise<ReadinessDto> {
    const row = await this.read();
    if (!row) return { ready: false, database: 'down', migrations: 'unknown', jobLagSeconds: null };
    const missing = MIGRATIONS.some(({ name }) => !row.applied.includes(name));
    const ready = !missing && row.lag < LAG_LIMIT_SECONDS;
    return {
      ready,
      database: 'up',
      migrations: missing ? 'pending' : 'current',
      jobLagSeconds: Math.round(row.lag),
    };
  }

  private async read(): Promise<Row | undefined> {
    try {
      const [row] = await this.database.platform<Row>(READ);
      return row;
    } catch {
      return undefined;
    }
  }
}
