import { Injectable } from '@nestjs/common';
import { MIGRATIONS } from '../../migrations';
import { Database } from '../database';
import type { ReadinessDto } from './readiness.dto';

/** Jobs that wait longer than this mean that no worker keeps up. */
const LAG_LIMIT_SECONDS = 300;

interface Row extends Record<string, unknown> {
  applied: string[];
  lag: number;
}

/** Can this process serve? Asks the database, whether it has every migration, and how far behind the jobs are. */
@Injectable()
export class Readiness {
  constructor(private readonly database: Database) {}

  /** Never throws: a database out of reach is an answer. */
  async check(): Promise<ReadinessDto> {
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
      const [row] = await this.database.platform<Row>(
        'SELECT (SELECT array_agg(name::text) FROM migrations) AS applied, (SELECT lag_seconds FROM job_queue_figures()) AS lag',
      );
      return row;
    } catch {
      return undefined;
    }
  }
}
