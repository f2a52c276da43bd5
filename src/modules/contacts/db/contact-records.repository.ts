import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { MergeableContact } from '../domain/merge-rules';

/** What is left of a contact that is gone. */
export interface Tombstone extends Record<string, unknown> {
  id: Uuid;
  merged_into: Uuid | null;
  erased_at: Date | null;
}

/** Contacts as whole records, which become one, or come to an end. */
@Injectable()
export class ContactRecords {
  constructor(private readonly database: Database) {}

  /** These contacts, locked one after the other in the order of their ids: two merges the other way round wait for each other. */
  async lock(ids: readonly Uuid[]): Promise<(MergeableContact & { id: Uuid })[]> {
    const { tx } = this.database;
    return tx.query<MergeableContact & { id: Uuid }>(
      `SELECT id, name, phone, whatsapp_id AS "whatsappId", email, timezone, notes, service_interests AS "serviceInterests", tags,
         custom_fields AS "customFields", lead_score AS "leadScore", lead_status AS "leadStatus",
         last_contact_at AS "lastContactAt"
       FROM contacts WHERE org_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`,
      [tx.orgId, ids],
    );
  }

  async exists(id: Uuid): Promise<boolean> {
    const { tx } = this.database;
    return (
      (await tx.one('SELECT 1 AS one FROM contacts WHERE org_id = $1 AND id = $2', [tx.orgId, id])) !==
      undefined
    );
  }

  /** Keeps a contact from being merged away or erased until the transaction ends. False when it is gone. */
  async hold(id: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const sql = 'SELECT id FROM contacts WHERE org_id = $1 AND id = $2 FOR KEY SHARE';
    return (await tx.one(sql, [tx.orgId, id])) !== undefined;
  }

  /** Writes what a merge comes to. */
  async save(id: Uuid, contact: MergeableContact): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE contacts SET name = $3, phone = $4, whatsapp_id = $5, email = $6, notes = $7, service_interests = $8, tags = $9,
         custom_fields = $10, lead_score = $11, lead_status = $12::text, last_contact_at = $13, timezone = $14,
         lead_status_reason = CASE WHEN lead_status = $12::text THEN lead_status_reason ELSE 'merged' END
       WHERE org_id = $1 AND id = $2`,
      [
        tx.orgId,
        id,
        contact.name,
        contact.phone,
        contact.whatsappId,
        contact.email,
        contact.notes,
        contact.serviceInterests,
        contact.tags,
        JSON.stringify(contact.customFields),
        contact.leadScore,
        contact.leadStatus,
        contact.lastContactAt,
        contact.timezone,
      ],
    );
  }

  /** Does the work for what it comes to, and undoes it. Its locks stay until the transaction ends. */
  async rehearse<T>(work: () => Promise<T>): Promise<T> {
    const { tx } = this.database;
    await tx.query('SAVEPOINT rehearsal');
    const result = await work();
    await tx.query('ROLLBACK TO SAVEPOINT rehearsal');
    return result;
  }

  /** Removes the record. What still refers to it, a legal hold above all, makes this fail. */
  async remove(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM contacts WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  /** Its id leads to the other one from now on, as do those that led to it, and as does `phone`, which stays with neither. */
  async buryMerged(id: Uuid, into: Uuid, phone: string | null): Promise<void> {
    if (phone !== null) await this.forgetLead(phone);
    const { tx } = this.database;
    await tx.query('UPDATE contact_tombstones SET merged_into = $3 WHERE org_id = $1 AND merged_into = $2', [
      tx.orgId,
      id,
      into,
    ]);
    await tx.query(
      'INSERT INTO contact_tombstones (org_id, id, merged_into, phone) VALUES ($1, $2, $3, $4)',
      [tx.orgId, id, into, phone],
    );
  }

  /** It is forgotten, and so are those that led to it. */
  async buryErased(id: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      'UPDATE contact_tombstones SET merged_into = NULL, phone = NULL, erased_at = $3 WHERE org_id = $1 AND merged_into = $2',
      [tx.orgId, id, at],
    );
    await tx.query('INSERT INTO contact_tombstones (org_id, id, erased_at) VALUES ($1, $2, $3)', [
      tx.orgId,
      id,
      at,
    ]);
  }

  tombstone(id: Uuid): Promise<Tombstone | undefined> {
    const { tx } = this.database;
    return tx.one<Tombstone>(
      'SELECT id, merged_into, erased_at FROM contact_tombstones WHERE org_id = $1 AND id = $2',
      [tx.orgId, id],
    );
  }

  /** The contact that a number leads to which was one's that was merged away. */
  async leadOf(phone: string): Promise<Uuid | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ merged_into: Uuid }>(
      'SELECT merged_into FROM contact_tombstones WHERE org_id = $1 AND phone = $2',
      [tx.orgId, phone],
    );
    return row?.merged_into;
  }

  /** A number leads nowhere any more: it was given to somebody on purpose. */
  async forgetLead(phone: string): Promise<void> {
    const { tx } = this.database;
    await tx.query('UPDATE contact_tombstones SET phone = NULL WHERE org_id = $1 AND phone = $2', [
      tx.orgId,
      phone,
    ]);
  }

  /** Those of `addresses` that another contact bears as its own. */
  async addressesOfOthers(id: Uuid, addresses: readonly string[]): Promise<string[]> {
    const { tx } = this.database;
    const rows = await tx.query<{ address: string }>(
      `SELECT phone AS address FROM contacts WHERE org_id = $1 AND phone = ANY ($3) AND id <> $2
       UNION SELECT whatsapp_id FROM contacts WHERE org_id = $1 AND whatsapp_id = ANY ($3) AND id <> $2`,
      [tx.orgId, id, addresses],
    );
    return rows.map(({ address }) => address);
  }
}
