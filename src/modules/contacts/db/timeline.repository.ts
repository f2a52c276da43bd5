import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import type { TimelinePart } from '../domain/contact-data';

/** One thing that happened with a contact; `position` is its time with all the digits that PostgreSQL keeps. */
export interface TimelineRow extends Record<string, unknown> {
  readonly at: Date;
  readonly type: string;
  readonly id: Uuid;
  readonly detail: Record<string, unknown>;
  readonly position: string;
}

/** Before everything. */
const END: Position = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];

/** The parts of all modules as one list. Each part brings as many rows as the page takes, by its own index. */
@Injectable()
export class TimelineRepository {
  constructor(private readonly database: Database) {}

  async read(
    parts: readonly TimelinePart[],
    contactId: Uuid,
    after: Position | null,
    limit: number,
  ): Promise<TimelineRow[]> {
    if (parts.length === 0) return [];
    const union = parts
      .map(({ sql }) => `SELECT at, type, id, detail FROM (${sql}) part`)
      .join(' UNION ALL ');
    return this.database.tx.query<TimelineRow>(
      `SELECT at, type, id, detail, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS position
       FROM (${union}) everything ORDER BY at DESC, id DESC LIMIT $4::int`,
      [contactId, ...(after ?? END), limit],
    );
  }
}
