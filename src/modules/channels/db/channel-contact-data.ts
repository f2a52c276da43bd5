import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import {
  exportPage,
  HoldsContactData,
  type ContactDataHolder,
  type Counts,
  type DataSubject,
  type ExportRow,
  type ExportSection,
  type InOrg,
  type TimelinePart,
} from '../../contacts';
import { CHANNELS } from '../domain/channel';
import { CONSENT_PURPOSES } from '../domain/consent';
import { optedInColumn } from './may-message';
import { Suppressions } from './suppressions';
import { PersonalDeliveries } from './personal-deliveries';
import { SharedPersonalData } from './shared-numbers/shared-personal-data';

const CONSENT_COLUMNS = CHANNELS.flatMap((channel) =>
  CONSENT_PURPOSES.map((purpose) => optedInColumn(channel, purpose)),
)
  .map((column) => `${column}, ${column}_at, ${column.replace(/in$/, 'out_at')}`)
  .join(', ');

/** Numbers and ids, consent, and what was delivered: what the pipes keep of a contact. */
@Injectable()
@HoldsContactData({
  stair: 1,
  tables: [
    'phone_number_mappings',
    'consent_events',
    'consent_suppressions',
    'webhook_logs',
    'shared_senders',
    'parked_deliveries',
  ],
})
export class ChannelContactData implements ContactDataHolder {
  constructor(
    private readonly database: Database,
    private readonly suppressions: Suppressions,
    private readonly deliveries: PersonalDeliveries,
    private readonly shared: SharedPersonalData,
  ) {}

  readonly timeline: readonly TimelinePart[] = [
    {
      type: 'consent',
      permission: 'contacts.read',
      sql: `SELECT e.at, 'consent' AS type, e.id, jsonb_build_object('channel', e.channel, 'purpose', e.purpose, 'action', e.action,
          'source', e.source, 'address', e.phone) AS detail
        FROM phone_number_mappings p CROSS JOIN (VALUES ('whatsapp'), ('sms'), ('voice')) c (channel)
          CROSS JOIN LATERAL (
            SELECT * FROM consent_events l
            WHERE l.phone = p.phone_number AND l.channel = c.channel AND (l.at, l.id) < ($2::timestamptz, $3::uuid)
            ORDER BY l.at DESC, l.id DESC LIMIT $4::int
          ) e
        WHERE p.contact_id = $1`,
    },
  ];

  readonly sections: readonly ExportSection[] = [
    {
      name: 'addresses',
      page: async ({ contactId }, position, limit) =>
        exportPage(
          await this.database.tx.query<ExportRow>(
            `SELECT id::text AS position, id, phone_number, country_code, is_verified, verified_at, channels, primary_channel,
             ${CONSENT_COLUMNS}, status, unreachable_on, last_message_at, message_count, metadata, notes,
             created_at, updated_at
           FROM phone_number_mappings WHERE contact_id = $1 AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
            [contactId, position, limit],
          ),
          limit,
        ),
    },
    {
      name: 'consent',
      page: async ({ addresses }, position, limit) =>
        exportPage(
          await this.database.tx.query<ExportRow>(
            `SELECT id::text AS position, id, phone, channel, purpose, action, source, evidence, at, created_at FROM consent_events
           WHERE phone = ANY ($1) AND ($2::text IS NULL OR id > $2::uuid) ORDER BY id LIMIT $3`,
            [addresses, position, limit],
          ),
          limit,
        ),
    },
    {
      name: 'webhook-deliveries',
      page: ({ addresses }, position, limit) => this.deliveries.page(addresses, position, limit),
    },
  ];

  async addressesOf(contactId: Uuid): Promise<string[]> {
    const rows = await this.database.tx.query<{ phone_number: string }>(
      'SELECT phone_number FROM phone_number_mappings WHERE contact_id = $1',
      [contactId],
    );
    return rows.map((row) => row.phone_number);
  }

  /** Consent is an address's, not a contact's: the ledger is not touched, and an opt-out stays one. */
  async move(from: Uuid, into: Uuid): Promise<Counts> {
    const { tx } = this.database;
    // Who proved that a number is theirs is the same person still.
    await tx.query(`SELECT set_config('app.same_person', 'on', true)`);
    const mappings = await tx.execute(
      'UPDATE phone_number_mappings SET contact_id = $2 WHERE contact_id = $1',
      [from, into],
    );
    await tx.query(`SELECT set_config('app.same_person', '', true)`);
    // Whatever number of the two stays in the contact, the other one leads to it, too.
    for (const address of await this.bornBy(from, into))
      await tx.query(
        `INSERT INTO phone_number_mappings (org_id, id, phone_number, contact_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (org_id, phone_number) DO UPDATE SET contact_id = EXCLUDED.contact_id
           WHERE phone_number_mappings.contact_id IS NULL`,
        [tx.orgId, newId(), address, into],
      );
    return { mappings };
  }

  async eraseAhead({ addresses }: DataSubject, inOrg: InOrg): Promise<void> {
    await this.deliveries.forgetAll(addresses, inOrg);
    await this.shared.forgetAll(addresses, inOrg);
  }

  async erase({ contactId, addresses }: DataSubject, since: Date): Promise<void> {
    const { tx } = this.database;
    await this.deliveries.forget(addresses, since);
    await this.shared.forget(addresses, since);
    await this.leaveToBearers(contactId);
    // Read for update: an opt-out that comes at the same time comes before, or finds another mapping.
    const mapped = await tx.query<{ phone_number: string }>(
      `SELECT phone_number FROM phone_number_mappings
       WHERE contact_id = $1 OR (contact_id IS NULL AND phone_number = ANY ($2)) ORDER BY phone_number FOR UPDATE`,
      [contactId, addresses],
    );
    const numbers = mapped.map((row) => row.phone_number);
    for (const number of numbers) await this.suppressions.remember(number);
    await tx.query('DELETE FROM phone_number_mappings WHERE phone_number = ANY ($1)', [numbers]);
    for (const number of numbers) await this.suppressions.forgetInLedger(number);
  }

  /** An address that another contact bears by now is that one's, with the consent that goes with it. */
  private async leaveToBearers(contactId: Uuid): Promise<void> {
    await this.database.tx.query(
      `WITH borne AS (
         SELECT p.id, COALESCE(
           (SELECT c.id FROM contacts c WHERE c.org_id = p.org_id AND c.phone = p.phone_number COLLATE "C" AND c.id <> $1),
           (SELECT c.id FROM contacts c WHERE c.org_id = p.org_id AND c.whatsapp_id = p.phone_number AND c.id <> $1)) AS bearer
         FROM phone_number_mappings p WHERE p.contact_id = $1
       )
       UPDATE phone_number_mappings p SET contact_id = borne.bearer
       FROM borne WHERE p.id = borne.id AND borne.bearer IS NOT NULL`,
      [contactId],
    );
  }

  private async bornBy(...contacts: Uuid[]): Promise<string[]> {
    const rows = await this.database.tx.query<{ address: string | null }>(
      'SELECT unnest(ARRAY[phone, whatsapp_id]) AS address FROM contacts WHERE id = ANY ($1)',
      [contacts],
    );
    return rows.flatMap(({ address }) => address ?? []);
  }
}
