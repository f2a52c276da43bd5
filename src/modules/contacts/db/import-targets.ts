import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { ContactsChangedMeanwhile } from '../domain/import-errors';
import type { ImportedContact } from '../domain/imported-contact';

/** Where an import finds and puts contacts: those of the organization, or drafts of them. */
export interface ImportTarget {
  /** Every contact that has one of these phones or emails. */
  known(phones: readonly string[], emails: readonly string[]): Promise<ImportedContact[]>;
  write(created: readonly ImportedContact[], updated: readonly ImportedContact[]): Promise<void>;
}

type Known = ImportedContact & Record<string, unknown>;

const CONTACT = `id, name, phone, email, timezone, service_interests AS "serviceInterests", tags, lead_score AS "leadScore",
  lead_status AS "leadStatus", notes, custom_fields AS "customFields", ARRAY(SELECT t.phone FROM contact_tombstones t
  WHERE t.org_id = contacts.org_id AND t.merged_into = contacts.id AND t.phone IS NOT NULL) AS "formerPhones"`;
const RECORD = `id uuid, name text, phone text, email text, timezone text, "serviceInterests" text[], tags text[], "leadScore" text,
  "leadStatus" text, notes text, "customFields" jsonb`;

/** The contacts themselves. */
@Injectable()
export class ContactTarget implements ImportTarget {
  constructor(private readonly database: Database) {}

  /** Locked, in the order of their ids, so that two who do so wait for each other. */
  async known(phones: readonly string[], emails: readonly string[]): Promise<ImportedContact[]> {
    const { tx } = this.database;
    const ids = await this.idsOf(phones, emails);
    if (ids.length === 0) return [];
    const known = await tx.query<Known>(
      `SELECT ${CONTACT} FROM contacts WHERE org_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE`,
      [tx.orgId, ids],
    );
    // One was merged away or erased meanwhile: its number may lead to another one now.
    if (known.length !== ids.length) throw new ContactsChangedMeanwhile();
    return known;
  }

  async write(created: readonly ImportedContact[], updated: readonly ImportedContact[]): Promise<void> {
    const { tx } = this.database;
    if (updated.length > 0)
      await tx.query(
        `UPDATE contacts c SET name = r.name, phone = r.phone, email = r.email, timezone = r.timezone, service_interests = r."serviceInterests",
           tags = r.tags, lead_score = r."leadScore", lead_status = r."leadStatus", notes = r.notes,
           custom_fields = r."customFields",
           lead_status_reason = CASE WHEN c.lead_status = r."leadStatus" THEN c.lead_status_reason END
         FROM json_to_recordset($2::json) AS r(${RECORD}) WHERE c.org_id = $1 AND c.id = r.id`,
        [tx.orgId, JSON.stringify(updated)],
      );
    if (created.length === 0) return;
    const made = await tx.execute(
      `INSERT INTO contacts (org_id, id, name, phone, email, timezone, service_interests, tags, lead_score, lead_status, notes,
         custom_fields)
       SELECT $1, r.id, r.name, r.phone, r.email, r.timezone, r."serviceInterests", r.tags, r."leadScore", r."leadStatus", r.notes,
         r."customFields"
       FROM json_to_recordset($2::json) AS r(${RECORD})
       ON CONFLICT (org_id, phone) DO NOTHING`,
      [tx.orgId, JSON.stringify(created)],
    );
    if (made !== created.length || (await this.leadsAnywhere(created))) throw new ContactsChangedMeanwhile();
  }

  /** True when a number of theirs is one that a merge left with somebody. */
  private async leadsAnywhere(created: readonly ImportedContact[]): Promise<boolean> {
    const { tx } = this.database;
    const found = await tx.one(
      'SELECT 1 AS one FROM contact_tombstones WHERE org_id = $1 AND phone = ANY ($2::text[]) LIMIT 1',
      [tx.orgId, created.flatMap(({ phone }) => phone ?? [])],
    );
    return found !== undefined;
  }

  /** Three statements, each with an index of its own. */
  private async idsOf(phones: readonly string[], emails: readonly string[]): Promise<Uuid[]> {
    const { tx } = this.database;
    const rows = await tx.query<{ id: Uuid }>(
      `SELECT id FROM contacts WHERE org_id = $1 AND phone = ANY ($2::text[])
       UNION SELECT id FROM contacts WHERE org_id = $1 AND email = ANY ($3::text[])
       UNION SELECT merged_into FROM contact_tombstones WHERE org_id = $1 AND phone = ANY ($2::text[])`,
      [tx.orgId, phones, emails],
    );
    return rows.map(({ id }) => id);
  }
}

/** What the contacts would be: drafts of this import over what is there. */
export class DraftTarget implements ImportTarget {
  constructor(
    private readonly database: Database,
    private readonly importId: Uuid,
    private readonly contacts: ContactTarget,
  ) {}

  async known(phones: readonly string[], emails: readonly string[]): Promise<ImportedContact[]> {
    const { tx } = this.database;
    const real = await this.contacts.known(phones, emails);
    const rows = await tx.query<{ contact: ImportedContact }>(
      `SELECT contact FROM contact_import_drafts WHERE org_id = $1 AND import_id = $2
         AND (contact_id = ANY ($3::uuid[]) OR phone = ANY ($4::text[]) OR email = ANY ($5::text[]))`,
      [tx.orgId, this.importId, real.map(({ id }) => id), phones, emails],
    );
    const drafts = rows.map(({ contact }) => contact);
    const drafted = new Set(drafts.map(({ id }) => id));
    return [...real.filter(({ id }) => !drafted.has(id)), ...drafts];
  }

  async write(created: readonly ImportedContact[], updated: readonly ImportedContact[]): Promise<void> {
    const { tx } = this.database;
    const drafts = [...created, ...updated];
    if (drafts.length === 0) return;
    await tx.query(
      `INSERT INTO contact_import_drafts (org_id, import_id, contact_id, phone, email, contact)
       SELECT $1, $2, (c->>'id')::uuid, c->>'phone', c->>'email', c FROM jsonb_array_elements($3::jsonb) c
       ON CONFLICT (org_id, import_id, contact_id) DO UPDATE SET phone = EXCLUDED.phone, email = EXCLUDED.email,
         contact = EXCLUDED.contact`,
      [tx.orgId, this.importId, JSON.stringify(drafts)],
    );
  }
}
