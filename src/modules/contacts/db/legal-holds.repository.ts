import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** Why a contact must be kept as it is. */
export interface LegalHoldRow extends Record<string, unknown> {
  readonly contactId: Uuid;
  readonly reason: string;
  readonly createdAt: Date;
}

const COLUMNS = 'contact_id AS "contactId", reason, created_at AS "createdAt"';

/** Legal holds of the organization at hand. */
@Injectable()
export class LegalHoldsRepository {
  constructor(private readonly database: Database) {}

  find(contactId: Uuid): Promise<LegalHoldRow | undefined> {
    const { tx } = this.database;
    return tx.one<LegalHoldRow>(
      `SELECT ${COLUMNS} FROM contact_legal_holds WHERE org_id = $1 AND contact_id = $2`,
      [tx.orgId, contactId],
    );
  }

  /** The contact is locked, and has none. */
  async insert(contactId: Uuid, reason: string): Promise<LegalHoldRow> {
    const { tx } = this.database;
    const row = await tx.one<LegalHoldRow>(
      `INSERT INTO contact_legal_holds (org_id, id, contact_id, reason) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
      [tx.orgId, newId(), contactId, reason],
    );
    if (!row) throw new Error('a row that was inserted is not there');
    return row;
  }

  /** False when there was none. */
  async remove(contactId: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const gone = await tx.execute('DELETE FROM contact_legal_holds WHERE org_id = $1 AND contact_id = $2', [
      tx.orgId,
      contactId,
    ]);
    return gone === 1;
  }
}
