import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import {
  exportPage,
  type ContactDataHolder,
  type Counts,
  type DataSubject,
  type ExportRow,
  type ExportSection,
  type TimelinePart,
} from '../domain/contact-data';
import { recordChange } from '../domain/record-change';
import { HoldsContactData } from './holds-contact-data';

type Values = Readonly<Record<string, unknown>>;

/** The contact's id and those of the contacts that were merged into it. */
const IDS = `ARRAY[$1::uuid] || ARRAY(SELECT id FROM contact_tombstones WHERE merged_into = $1)`;

/** What this module itself keeps of a contact: the record, how the lead moved, what the trail says. */
@Injectable()
@HoldsContactData({
  stair: 0,
  tables: [
    ...['contacts', 'contact_facets', 'lead_status_changes', 'contact_duplicates', 'contact_legal_holds'],
    ...['contact_erasures', 'contact_tombstones', 'contact_import_drafts', 'idempotency_keys'],
  ],
})
export class OwnContactData implements ContactDataHolder {
  constructor(private readonly database: Database) {}

  readonly timeline: readonly TimelinePart[] = [
    {
      type: 'change',
      permission: 'contacts.read',
      sql: `SELECT created_at AS at, 'change' AS type, id, jsonb_build_object('event', event_type, 'actor', actor,
          'actorType', actor_type, 'old', old_values, 'new', new_values) AS detail
        FROM contact_changes(${IDS}, $2::timestamptz, $3::uuid, $4::int)`,
      show: ({ old: before, new: after, ...others }) => ({
        ...others,
        ...recordChange(before as Values | null, after as Values | null),
      }),
    },
    {
      type: 'lead_status',
      permission: 'contacts.read',
      sql: `SELECT created_at AS at, 'lead_status' AS type, id, jsonb_build_object('from', from_status, 'to', to_status,
          'reason', reason, 'actor', actor_id, 'actorType', actor_type) AS detail
        FROM lead_status_changes WHERE contact_id = $1 AND (created_at, id) < ($2::timestamptz, $3::uuid)
        ORDER BY created_at DESC, id DESC LIMIT $4::int`,
    },
  ];

  readonly sections: readonly ExportSection[] = [
    this.section(
      'contact',
      `SELECT id::text AS position, id, name, phone, whatsapp_id, email, timezone, service_interests, tags, custom_fields,
         lead_score, lead_status, lead_status_reason, last_contact_at, notes, created_at, updated_at
       FROM contacts WHERE id = $1 AND ($2::text IS NULL OR id > $2::uuid) LIMIT $3`,
    ),
    this.section(
      'lead-status-changes',
      `SELECT id::text AS position, id, from_status, to_status, reason, actor_type, created_at
       FROM lead_status_changes WHERE contact_id = $1 AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
    ),
    this.section(
      'legal-holds',
      `SELECT id::text AS position, id, reason, created_at
       FROM contact_legal_holds WHERE contact_id = $1 AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
    ),
    this.section(
      'audit-trail',
      // Newest first, as the trail is read; the position is the time and id that the next page stays before.
      `SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || id AS position, id, event_type,
         actor, actor_type, old_values, new_values, created_at
       FROM contact_changes(${IDS}, COALESCE(split_part($2::text, ' ', 1), 'infinity')::timestamptz,
         COALESCE(split_part($2::text, ' ', 2), 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid, $3)
       ORDER BY created_at DESC, id DESC LIMIT $3`,
    ),
  ];

  async addressesOf(contactId: Uuid): Promise<string[]> {
    const rows = await this.database.tx.query<{ address: string }>(
      `SELECT unnest(ARRAY[phone, whatsapp_id]) AS address FROM contacts WHERE id = $1
       UNION SELECT phone FROM contact_tombstones WHERE merged_into = $1`,
      [contactId],
    );
    return rows.map(({ address }) => address).filter(Boolean);
  }

  async move(from: Uuid, into: Uuid): Promise<Counts> {
    const leadStatusChanges = await this.database.tx.execute(
      'UPDATE lead_status_changes SET contact_id = $2 WHERE contact_id = $1',
      [from, into],
    );
    return { leadStatusChanges };
  }

  /** Nothing of it is much. */
  async eraseAhead(): Promise<void> {
    return undefined;
  }

  /**
   * The record itself goes last, and takes facets, lead status changes and suspected duplicates along. Kept answers that
   * tell of the person, or of a contact that was merged into theirs, are emptied: the key stays, so that a repeated request
   * has no second effect.
   */
  async erase({ contactId, addresses }: DataSubject): Promise<void> {
    await this.database.tx.query(
      'DELETE FROM contact_import_drafts WHERE contact_id = $1 OR phone = ANY ($2)',
      [contactId, addresses],
    );
    await this.database.tx.query(
      `UPDATE idempotency_keys SET response_body = NULL
       WHERE response_body IS NOT NULL AND EXISTS (
         SELECT FROM unnest((${IDS})::text[] || $2::text[]) told WHERE position(told IN response_body::text) > 0)`,
      [contactId, addresses],
    );
  }

  private section(name: string, sql: string): ExportSection {
    return {
      name,
      page: async ({ contactId }, position, limit) =>
        exportPage(await this.database.tx.query<ExportRow>(sql, [contactId, position, limit]), limit),
    };
  }
}
