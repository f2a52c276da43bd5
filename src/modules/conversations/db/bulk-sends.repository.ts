import { Injectable } from '@nestjs/common';
import type { Actor, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import type { ContactSegment } from '../../contacts';
import type { BulkSendProblem, BulkSendStatus, SkipCounts } from '../domain/bulk-send';
import type { BulkVariable } from '../domain/bulk-variables';

/** What is to be sent to whom. */
export interface BulkOrder {
  readonly name: string;
  readonly connectionId: Uuid;
  readonly templateId: Uuid;
  readonly variables: readonly BulkVariable[];
  readonly segment: ContactSegment;
  readonly perMinute: number | null;
}

/** A bulk send as it is kept. */
export interface BulkSendRow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly name: string;
  /** Null when it was removed since. */
  readonly connectionId: Uuid | null;
  readonly templateId: Uuid | null;
  readonly variables: readonly BulkVariable[];
  readonly segment: ContactSegment;
  readonly perMinute: number | null;
  readonly status: BulkSendStatus;
  readonly problem: BulkSendProblem | null;
  readonly sendAt: Date | null;
  readonly total: number | null;
  readonly walked: number;
  readonly walkedTo: Uuid | null;
  readonly walkedAll: boolean;
  readonly skipped: SkipCounts;
  readonly fedUntil: Date | null;
  readonly startedByType: Actor['type'] | null;
  readonly startedBy: Uuid | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

/** How far a batch got. */
export interface Advance {
  readonly walked: number;
  readonly walkedTo: Uuid | null;
  readonly walkedAll: boolean;
  readonly skipped: SkipCounts;
  readonly fedUntil: Date | null;
}

const COLUMNS = `id, name, connection_id AS "connectionId", template_id AS "templateId", variables, segment,
  per_minute AS "perMinute", status, problem, send_at AS "sendAt", total, walked, walked_to AS "walkedTo",
  walked_all AS "walkedAll", skipped, fed_until AS "fedUntil", started_by_type AS "startedByType", started_by AS "startedBy",
  started_at AS "startedAt", finished_at AS "finishedAt", created_at AS "createdAt", updated_at AS "updatedAt", version`;

/** Bulk sends of the organization at hand. */
@Injectable()
export class BulkSends {
  constructor(private readonly database: Database) {}

  async create(id: Uuid, order: BulkOrder): Promise<void> {
    const { tx } = this.database;
    const { actor } = tx.scope;
    await tx.query(
      `INSERT INTO bulk_sends (org_id, id, name, connection_id, template_id, variables, segment, per_minute, created_by_type,
         created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [tx.orgId, id, ...valuesOf(order), actor.type, actor.id],
    );
  }

  async change(id: Uuid, order: BulkOrder): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE bulk_sends SET name = $3, connection_id = $4, template_id = $5, variables = $6, segment = $7, per_minute = $8
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, ...valuesOf(order)],
    );
  }

  async delete(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM bulk_sends WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  find(id: Uuid): Promise<BulkSendRow | undefined> {
    const { tx } = this.database;
    return tx.one<BulkSendRow>(`SELECT ${COLUMNS} FROM bulk_sends WHERE org_id = $1 AND id = $2`, [
      tx.orgId,
      id,
    ]);
  }

  /** Locked until the transaction ends: whatever is done with a bulk send is done one after the other. */
  lock(id: Uuid): Promise<BulkSendRow | undefined> {
    const { tx } = this.database;
    return tx.one<BulkSendRow>(
      `SELECT ${COLUMNS} FROM bulk_sends WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Newest first, before that position. */
  list(status: BulkSendStatus | undefined, after: Position | null, limit: number): Promise<BulkSendRow[]> {
    const { tx } = this.database;
    return tx.query<BulkSendRow>(
      `SELECT ${COLUMNS} FROM bulk_sends
       WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR status = $3)
       ORDER BY id DESC LIMIT $4`,
      [tx.orgId, after?.[1] ?? null, status ?? null, limit],
    );
  }

  /** The messages are of whoever this is from now on. */
  async start(id: Uuid, status: BulkSendStatus, sendAt: Date | null): Promise<void> {
    const { tx } = this.database;
    const { actor } = tx.scope;
    await tx.query(
      `UPDATE bulk_sends SET status = $3, send_at = $4, started_by_type = $5, started_by = $6 WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, status, sendAt, actor.type, actor.id],
    );
  }

  /** Its first contact is about to be looked at. */
  async begin(id: Uuid, total: number, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE bulk_sends SET status = 'running', total = $3, started_at = $4 WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, total, at],
    );
  }

  async advance(id: Uuid, { walked, walkedTo, walkedAll, skipped, fedUntil }: Advance): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE bulk_sends SET walked = $3, walked_to = $4, walked_all = $5, skipped = $6, fed_until = $7,
         total = CASE WHEN $5 THEN $3 ELSE greatest(total, $3) END
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, walked, walkedTo, walkedAll, JSON.stringify(skipped), fedUntil],
    );
  }

  async enter(id: Uuid, status: BulkSendStatus, problem: BulkSendProblem | null = null): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE bulk_sends SET status = $3::text, problem = $4,
         finished_at = CASE WHEN $3::text IN ('completed', 'cancelled', 'failed') THEN now() END
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, status, problem],
    );
  }
}

function valuesOf({ name, connectionId, templateId, variables, segment, perMinute }: BulkOrder): unknown[] {
  return [name, connectionId, templateId, JSON.stringify(variables), JSON.stringify(segment), perMinute];
}
