import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';

/** Why two contacts may be one person. */
export type DuplicateReason = 'same_email' | 'similar_phone' | 'similar_name';

/** One of a pair. */
interface PairMember {
  readonly id: Uuid;
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
}

/** Two contacts who may be one person. */
export interface DuplicateRow extends Record<string, unknown> {
  readonly id: Uuid;
  /** 1 to 100. */
  readonly score: number;
  readonly reasons: DuplicateReason[];
  /** The older one. */
  readonly contact: PairMember;
  readonly other: PairMember;
}

const member = (alias: string): string =>
  `json_build_object('id', ${alias}.id, 'name', ${alias}.name, 'phone', ${alias}.phone, 'email', ${alias}.email)`;

/** Pairs that a scan found, and what members said of them. */
@Injectable()
export class DuplicatesRepository {
  constructor(private readonly database: Database) {}

  /** The likeliest first. */
  list(after: Position | null, limit: number): Promise<DuplicateRow[]> {
    const { tx } = this.database;
    return tx.query<DuplicateRow>(
      `SELECT d.id, d.score, d.reasons, ${member('c')} AS contact, ${member('o')} AS other
       FROM contact_duplicates d
         JOIN contacts c ON c.org_id = d.org_id AND c.id = d.contact_id
         JOIN contacts o ON o.org_id = d.org_id AND o.id = d.other_id
       WHERE d.org_id = $1 AND d.status = 'open' ${after ? 'AND (d.score, d.id) < ($3::int, $4::uuid)' : ''}
       ORDER BY d.score DESC, d.id DESC LIMIT $2`,
      [tx.orgId, limit, ...(after ?? [])],
    );
  }

  /** False when there is no such open pair. */
  async dismiss(id: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const sql = `UPDATE contact_duplicates SET status = 'dismissed' WHERE org_id = $1 AND id = $2 AND status = 'open'`;
    return (await tx.execute(sql, [tx.orgId, id])) === 1;
  }

  /** The contact `count` contacts further on by id, or the last one; undefined at the end. */
  async step(after: Uuid, count: number): Promise<Uuid | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ id: Uuid | null }>(
      `SELECT max(id::text)::uuid AS id FROM (
         SELECT id FROM contacts WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3) window_of_ids`,
      [tx.orgId, after, count],
    );
    return row?.id ?? undefined;
  }

  /** Finds the pairs whose older contact lies between two ids, and notes them; one that was dismissed stays so. */
  async find(after: Uuid, until: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    const pairs = await tx.query<{ contact_id: Uuid; other_id: Uuid; score: number; reasons: string[] }>(
      'SELECT contact_id, other_id, score, reasons FROM find_contact_duplicates($1, $2)',
      [after, until],
    );
    await tx.query(
      `INSERT INTO contact_duplicates (org_id, id, contact_id, other_id, score, reasons, seen_at)
       SELECT $1, p.id, p.contact, p.other, p.score, string_to_array(p.reasons, ','), $2
       FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[]) p (id, contact, other, score, reasons)
       -- A contact that was merged or erased since is none to be compared with.
       WHERE EXISTS (SELECT FROM contacts c WHERE c.org_id = $1 AND c.id = p.contact)
         AND EXISTS (SELECT FROM contacts o WHERE o.org_id = $1 AND o.id = p.other)
       ON CONFLICT (org_id, contact_id, other_id) DO UPDATE
         SET score = EXCLUDED.score, reasons = EXCLUDED.reasons, seen_at = EXCLUDED.seen_at`,
      [
        tx.orgId,
        at,
        pairs.map(() => newId()),
        pairs.map((pair) => pair.contact_id),
        pairs.map((pair) => pair.other_id),
        pairs.map((pair) => pair.score),
        pairs.map((pair) => pair.reasons.join(',')),
      ],
    );
  }

  /** Open pairs that a whole scan did not find again are none any more. */
  async forgetUnseen(scanBegan: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(`DELETE FROM contact_duplicates WHERE org_id = $1 AND status = 'open' AND seen_at < $2`, [
      tx.orgId,
      scanBegan,
    ]);
  }
}
