import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { ErasureReason } from '../domain/erasure';

/** The erasure of one contact. */
export interface ErasureRow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly contactId: Uuid;
  readonly reason: ErasureReason;
  readonly status: 'running' | 'done';
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

const COLUMNS = `id, contact_id AS "contactId", reason, status, created_at AS "createdAt", finished_at AS "finishedAt"`;

/** Who was to be forgotten: ids and times only. */
@Injectable()
export class ErasuresRepository {
  constructor(private readonly database: Database) {}

  find(contactId: Uuid): Promise<ErasureRow | undefined> {
    const { tx } = this.database;
    return tx.one<ErasureRow>(
      `SELECT ${COLUMNS} FROM contact_erasures WHERE org_id = $1 AND contact_id = $2`,
      [tx.orgId, contactId],
    );
  }

  async anyRunning(contactIds: readonly Uuid[]): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one(
      `SELECT 1 AS one FROM contact_erasures WHERE org_id = $1 AND contact_id = ANY ($2) AND status = 'running' LIMIT 1`,
      [tx.orgId, contactIds],
    );
    return row !== undefined;
  }

  async insert(contactId: Uuid, reason: ErasureReason): Promise<void> {
    const { tx } = this.database;
    await tx.query('INSERT INTO contact_erasures (org_id, id, contact_id, reason) VALUES ($1, $2, $3, $4)', [
      tx.orgId,
      newId(),
      contactId,
      reason,
    ]);
  }

  async finish(contactId: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE contact_erasures SET status = 'done', finished_at = $3 WHERE org_id = $1 AND contact_id = $2`,
      [tx.orgId, contactId, at],
    );
  }
}
