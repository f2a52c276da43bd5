import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database, violatesUnique } from '../../../common/database';
import type { ContactView } from '../domain/contact-list';
import type { ContactChange, ContactValues } from '../domain/contact-values';
import type { CustomValues } from '../domain/custom-field';
import { PhoneTaken } from '../domain/errors';
import type { LeadScore, LeadStatus } from '../domain/lead';
import { VIEW } from './contact-views.repository';

/** What a change is judged by. */
export interface LockedContact extends Record<string, unknown> {
  version: number;
  phone: string | null;
  leadScore: LeadScore | null;
  leadStatus: LeadStatus;
  customFields: CustomValues;
}

const COLUMN_OF: Readonly<Record<keyof ContactValues, string>> = {
  name: 'name',
  phone: 'phone',
  email: 'email',
  timezone: 'timezone',
  serviceInterests: 'service_interests',
  tags: 'tags',
  leadScore: 'lead_score',
  leadStatus: 'lead_status',
  leadStatusReason: 'lead_status_reason',
  notes: 'notes',
  customFields: 'custom_fields',
};
const NAMES = Object.keys(COLUMN_OF) as (keyof ContactValues)[];

/** Contacts as the staff write them. */
@Injectable()
export class ContactBook {
  constructor(private readonly database: Database) {}

  /** Throws {@link PhoneTaken}. */
  insert(values: ContactValues): Promise<ContactView> {
    const { tx } = this.database;
    const columns = NAMES.map((name) => COLUMN_OF[name]).join(', ');
    const places = NAMES.map((_, index) => `$${index + 3}`).join(', ');
    return this.written(
      tx.one<ContactView>(
        `INSERT INTO contacts AS c (org_id, id, ${columns}) VALUES ($1, $2, ${places}) RETURNING ${VIEW}`,
        [tx.orgId, newId(), ...NAMES.map((name) => values[name])],
      ),
    );
  }

  /** Locked until the transaction ends; undefined when there is no such contact. */
  lock(id: Uuid): Promise<LockedContact | undefined> {
    const { tx } = this.database;
    return tx.one<LockedContact>(
      `SELECT version, phone, lead_score AS "leadScore", lead_status AS "leadStatus", custom_fields AS "customFields"
       FROM contacts WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Writes what is given, of a locked contact; custom fields whole. Throws {@link PhoneTaken}. */
  change(
    id: Uuid,
    change: Omit<ContactChange, 'customFields'> & { readonly customFields?: CustomValues },
  ): Promise<ContactView> {
    const { tx } = this.database;
    const names = NAMES.filter((name) => change[name] !== undefined);
    const sets = names.map((name, index) => `${COLUMN_OF[name]} = $${index + 3}`).join(', ');
    const sql = sets
      ? `UPDATE contacts c SET ${sets} WHERE c.org_id = $1 AND c.id = $2 RETURNING ${VIEW}`
      : `SELECT ${VIEW} FROM contacts c WHERE c.org_id = $1 AND c.id = $2`;
    return this.written(tx.one<ContactView>(sql, [tx.orgId, id, ...names.map((name) => change[name])]));
  }

  /** Moves the last contact of each forward, never back, and a new lead to `contacted`. */
  async noteOutreach(ids: readonly Uuid[], at: Date): Promise<void> {
    if (ids.length === 0) return;
    const { tx } = this.database;
    await tx.query(
      `UPDATE contacts SET last_contact_at = GREATEST(last_contact_at, $3::timestamptz(3)),
         lead_status = CASE WHEN lead_status = 'new' THEN 'contacted' ELSE lead_status END,
         lead_status_reason = CASE WHEN lead_status = 'new' THEN NULL ELSE lead_status_reason END
       WHERE org_id = $1 AND id IN (SELECT id FROM contacts
           WHERE org_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE)
         AND (last_contact_at IS DISTINCT FROM GREATEST(last_contact_at, $3::timestamptz(3)) OR lead_status = 'new')`,
      [tx.orgId, ids, at],
    );
  }

  private async written(work: Promise<ContactView | undefined>): Promise<ContactView> {
    try {
      const row = await work;
      if (!row) throw new Error('a locked contact is gone');
      return row;
    } catch (error) {
      throw violatesUnique(error, 'idx_contacts_org_phone') ? new PhoneTaken() : error;
    }
  }
}
