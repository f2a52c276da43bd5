import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { contactConditions, type ContactFilter, type Place } from '../../contacts';
import type { SkipReason } from '../domain/bulk-send';
import { candidatesSql, type Audience } from './bulk-candidates';

/** A contact that a bulk send looks at. */
export interface Candidate extends Record<string, unknown> {
  readonly contactId: Uuid;
  /** Null where there is no thread on the connection so far. */
  readonly conversationId: Uuid | null;
  readonly address: string | null;
  /** In the order of the audience's variables. */
  readonly values: readonly (string | null)[];
  /** Null for who gets the message. */
  readonly skippedBecause: SkipReason | null;
}

/** Where a walk through a segment stands. */
export interface Walk {
  readonly bulkSendId: Uuid;
  readonly after: Uuid | null;
  /** Who was added later is not meant. */
  readonly until: Date;
}

/** Who is meant by a bulk send. Reads join downwards, into contacts, connections and mappings. */
@Injectable()
export class BulkAudiences {
  constructor(private readonly database: Database) {}

  /** How many there are by why they are skipped; the key null counts who gets it. One statement. */
  async counts(audience: Audience): Promise<ReadonlyMap<SkipReason | null, number>> {
    const { tx } = this.database;
    const { params, place } = parameters();
    const rows = await tx.query<{ reason: SkipReason | null; count: number }>(
      `SELECT "skippedBecause" AS reason, count(*)::int AS count FROM (${candidatesSql(audience, tx.orgId, place)}) x GROUP BY 1`,
      params,
    );
    return new Map(rows.map(({ reason, count }) => [reason, count]));
  }

  /** Some of those who get it. */
  sample(audience: Audience, limit: number): Promise<Candidate[]> {
    const { tx } = this.database;
    const { params, place } = parameters();
    const candidates = candidatesSql(audience, tx.orgId, place);
    return tx.query<Candidate>(
      `SELECT * FROM (${candidates}) x WHERE "skippedBecause" IS NULL LIMIT ${place(limit)}`,
      params,
    );
  }

  /** How many contacts a filter means that were there at that time. */
  async size(filter: ContactFilter, until: Date): Promise<number> {
    const { tx } = this.database;
    const { params, place } = parameters();
    const conditions = [`c.org_id = ${place(tx.orgId)}`, `c.created_at <= ${place(until)}`];
    conditions.push(...contactConditions(filter, place));
    const row = await tx.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM contacts c WHERE ${conditions.join(' AND ')}`,
      params,
    );
    return row?.count ?? 0;
  }

  /** The next contacts of a walk, by id, that were not looked at before; kept from being changed, merged or erased. */
  async next(filter: ContactFilter, { bulkSendId, after, until }: Walk, limit: number): Promise<Uuid[]> {
    const { tx } = this.database;
    const { params, place } = parameters();
    const conditions = [`c.org_id = ${place(tx.orgId)}`, `c.created_at <= ${place(until)}`];
    if (after) conditions.push(`c.id > ${place(after)}`);
    conditions.push(...contactConditions(filter, place));
    const rows = await tx.query<{ id: Uuid }>(
      `SELECT c.id FROM contacts c WHERE ${conditions.join(' AND ')} AND NOT EXISTS (
         SELECT FROM bulk_send_recipients r
         WHERE r.org_id = c.org_id AND r.bulk_send_id = ${place(bulkSendId)} AND r.contact_id = c.id)
       ORDER BY c.id LIMIT ${place(limit)} FOR KEY SHARE OF c`,
      params,
    );
    return rows.map(({ id }) => id);
  }

  /** Contacts that were taken by {@link next}, and what is to become of them. */
  candidates(audience: Audience, contactIds: readonly Uuid[]): Promise<Candidate[]> {
    const { tx } = this.database;
    const { params, place } = parameters();
    const taken = [`c.id = ANY (${place(contactIds)}::uuid[])`];
    const candidates = candidatesSql({ ...audience, filter: {} }, tx.orgId, place, taken);
    return tx.query<Candidate>(`${candidates} ORDER BY c.id`, params);
  }
}

function parameters(): { params: unknown[]; place: Place } {
  const params: unknown[] = [];
  return { params, place: (value) => `$${params.push(value)}` };
}
