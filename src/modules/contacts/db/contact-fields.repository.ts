import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import type { CustomField } from '../domain/custom-field';
import { FieldKeyTaken } from '../domain/custom-field-errors';

/** A field as it is shown. */
export interface ContactFieldView extends CustomField, Record<string, unknown> {
  readonly id: Uuid;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What can be changed about a field. */
export type FieldChange = Partial<Pick<CustomField, 'label' | 'options' | 'required'>>;

const VIEW = `id, key, label, type, options, required, version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The fields of the organization's own. One that was removed is there until no contact has a value, and is not shown. */
@Injectable()
export class ContactFieldsRepository {
  constructor(private readonly database: Database) {}

  /** In the order in which they were made. */
  all(): Promise<ContactFieldView[]> {
    const { tx } = this.database;
    return tx.query<ContactFieldView>(
      `SELECT ${VIEW} FROM contact_fields WHERE org_id = $1 AND removed_at IS NULL ORDER BY id`,
      [tx.orgId],
    );
  }

  /** The same; until the transaction ends none is changed or removed. */
  lockAll(): Promise<ContactFieldView[]> {
    const { tx } = this.database;
    return tx.query<ContactFieldView>(
      `SELECT ${VIEW} FROM contact_fields WHERE org_id = $1 AND removed_at IS NULL ORDER BY id FOR SHARE`,
      [tx.orgId],
    );
  }

  find(id: Uuid): Promise<ContactFieldView | undefined> {
    const { tx } = this.database;
    return tx.one<ContactFieldView>(
      `SELECT ${VIEW} FROM contact_fields WHERE org_id = $1 AND id = $2 AND removed_at IS NULL`,
      [tx.orgId, id],
    );
  }

  /** Locked until the transaction ends. */
  lock(id: Uuid): Promise<ContactFieldView | undefined> {
    const { tx } = this.database;
    return tx.one<ContactFieldView>(
      `SELECT ${VIEW} FROM contact_fields WHERE org_id = $1 AND id = $2 AND removed_at IS NULL FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Lets one field be added at a time: how many there are is a rule. Those being removed count. */
  async countLocked(): Promise<number> {
    const { tx } = this.database;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`contact_fields:${tx.orgId}`]);
    const rows = await tx.query('SELECT id FROM contact_fields WHERE org_id = $1', [tx.orgId]);
    return rows.length;
  }

  /** Throws {@link FieldKeyTaken}. */
  async insert({ key, label, type, options, required }: CustomField): Promise<ContactFieldView> {
    const { tx } = this.database;
    try {
      return await this.written(
        tx.one<ContactFieldView>(
          `INSERT INTO contact_fields (org_id, id, key, label, type, options, required) VALUES ($1, $2, $3, $4, $5, $6, $7)
         RETURNING ${VIEW}`,
          [tx.orgId, newId(), key, label, type, options, required],
        ),
      );
    } catch (error) {
      throw violatesUnique(error, 'contact_fields_org_key_key') ? new FieldKeyTaken() : error;
    }
  }

  /** Of a locked field. */
  change(id: Uuid, { label, options, required }: FieldChange): Promise<ContactFieldView> {
    const { tx } = this.database;
    return this.written(
      tx.one<ContactFieldView>(
        `UPDATE contact_fields SET label = COALESCE($3, label), options = COALESCE($4, options), required = COALESCE($5, required)
       WHERE org_id = $1 AND id = $2 RETURNING ${VIEW}`,
        [tx.orgId, id, label ?? null, options ?? null, required ?? null],
      ),
    );
  }

  /** From now on no contact gets a value. */
  async markRemoved(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('UPDATE contact_fields SET removed_at = now() WHERE org_id = $1 AND id = $2', [
      tx.orgId,
      id,
    ]);
  }

  /** The key of a field that was removed, while it is still there. */
  async removedKey(id: Uuid): Promise<string | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ key: string }>(
      'SELECT key FROM contact_fields WHERE org_id = $1 AND id = $2 AND removed_at IS NOT NULL',
      [tx.orgId, id],
    );
    return row?.key;
  }

  /** Takes the values of a key from at most so many contacts; returns from how many. */
  removeValues(key: string, batch: number): Promise<number> {
    const { tx } = this.database;
    return tx.execute(
      `UPDATE contacts SET custom_fields = custom_fields - $2::text WHERE org_id = $1 AND id IN (
         SELECT id FROM contacts WHERE org_id = $1 AND id IN (
           SELECT f.contact_id FROM contact_facets f WHERE f.org_id = $1 AND f.facet ^@ $3 LIMIT $4)
         ORDER BY id FOR NO KEY UPDATE)`,
      [tx.orgId, key, `field:${key}:`, batch],
    );
  }

  async delete(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM contact_fields WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  private async written(work: Promise<ContactFieldView | undefined>): Promise<ContactFieldView> {
    const row = await work;
    if (!row) throw new Error('a locked field is gone');
    return row;
  }
}
