import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../context';
import { Database } from '../../database';
import type { Sealed } from '../vault';
import type { SealedColumn } from './sealed-columns';

/** A sealed text as it stands in its row. */
export interface StoredText extends Record<string, unknown> {
  readonly id: Uuid;
  readonly text: string;
}

/** The id of the key is the second part of a sealed text. */
const keyOf = (column: string): string => `split_part(${column}, '.', 2)`;

/** Sealed texts of the organization at hand, wherever they are. Needs the service role. */
@Injectable()
export class SealedTexts {
  constructor(private readonly database: Database) {}

  /** Texts that another key than this one sealed, by id, after the one named. */
  async notBy(
    keyId: Uuid,
    { table, column }: SealedColumn,
    after: Uuid | null,
    limit: number,
  ): Promise<StoredText[]> {
    const { tx } = this.database;
    return tx.query<StoredText>(
      `SELECT id, ${column} AS text FROM ${table}
       WHERE org_id = $1 AND ${column} IS NOT NULL AND ${keyOf(column)} <> $2 AND ($3::uuid IS NULL OR id > $3)
       ORDER BY id LIMIT $4`,
      [tx.orgId, keyId, after, limit],
    );
  }

  /** How many those are. */
  async countNotBy(keyId: Uuid, { table, column }: SealedColumn): Promise<number> {
    const { tx } = this.database;
    const row = await tx.one<{ count: string }>(
      `SELECT count(*) FROM ${table} WHERE org_id = $1 AND ${column} IS NOT NULL AND ${keyOf(column)} <> $2`,
      [tx.orgId, keyId],
    );
    return Number(row?.count ?? 0);
  }

  /** Whether a key sealed any. */
  async isAnyBy(keyId: Uuid, { table, column }: SealedColumn): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one(
      `SELECT 1 AS one FROM ${table} WHERE org_id = $1 AND ${column} IS NOT NULL AND ${keyOf(column)} = $2 LIMIT 1`,
      [tx.orgId, keyId],
    );
    return row !== undefined;
  }

  /** Puts a text in the place of the one that was read; false when that one is not there any more. */
  async exchange(
    { table, column, keyColumn }: SealedColumn,
    old: StoredText,
    fresh: Sealed,
  ): Promise<boolean> {
    const { tx } = this.database;
    const key = keyColumn ? `, ${keyColumn} = $5` : '';
    const changed = await tx.execute(
      `UPDATE ${table} SET ${column} = $4${key} WHERE org_id = $1 AND id = $2 AND ${column} = $3`,
      [tx.orgId, old.id, old.text, fresh.text, ...(keyColumn ? [fresh.keyId] : [])],
    );
    return changed === 1;
  }
}
