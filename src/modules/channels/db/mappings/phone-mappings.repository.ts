import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { Position } from '../../../../common/http';
import { CHANNELS, type Channel } from '../../domain/channel';
import { CONSENT_PURPOSES } from '../../domain/consent';
import { MappingTaken } from '../../domain/mappings/mapping-errors';
import type { MappingStatus, MappingValues, PhoneMapping } from '../../domain/mappings/phone-mapping';
import { optedInColumn } from '../may-message';

/** Which mappings to list. */
export interface MappingFilter {
  readonly phone?: string | undefined;
  readonly contactId?: string | undefined;
  readonly userId?: string | undefined;
  readonly status?: MappingStatus | undefined;
  /** The person may be written to there. */
  readonly optedIn?: Channel | undefined;
}

/** A mapping, and where it stands in a list: to the microsecond. */
export interface ListedMapping extends PhoneMapping, Record<string, unknown> {
  readonly position: string;
}

const CONSENT = CHANNELS.flatMap((channel) =>
  CONSENT_PURPOSES.map((purpose) => {
    const column = optedInColumn(channel, purpose);
    return `jsonb_build_object('channel', '${channel}', 'purpose', '${purpose}', 'optedIn', ${column},
      'optedInAt', ${column}_at, 'optedOutAt', ${column.replace(/in$/, 'out_at')})`;
  }),
).join(', ');

const VIEW = `id, phone_number AS phone, country_code AS "countryCode", contact_id AS "contactId", user_id AS "userId", status,
  unreachable_on AS "unreachableOn",
  is_verified AS "isVerified", verified_at AS "verifiedAt", channels, primary_channel AS "primaryChannel",
  jsonb_build_array(${CONSENT}) AS consent, last_message_at AS "lastMessageAt", message_count AS "messageCount", metadata, notes,
  version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** As the database writes times in JSON, in a form of its own. */
const timeOf = (text: Date | string | null): Date | null => (text === null ? null : new Date(text));

const mappingOf = <Row extends PhoneMapping>(row: Row): Row => ({
  ...row,
  consent: row.consent.map((line) => ({
    ...line,
    optedInAt: timeOf(line.optedInAt),
    optedOutAt: timeOf(line.optedOutAt),
  })),
});

const OPTED_IN = `CASE $6::text ${CHANNELS.map((channel) => `WHEN '${channel}' THEN ${optedInColumn(channel, 'transactional')}`).join(' ')}
  ELSE true END`;

/** Mappings as members tend them. */
@Injectable()
export class PhoneMappings {
  constructor(private readonly database: Database) {}

  /** Newest first, after a position. */
  async list(filter: MappingFilter, after: Position | null, limit: number): Promise<ListedMapping[]> {
    const { tx } = this.database;
    const rows = await tx.query<ListedMapping>(
      `SELECT ${VIEW}, created_at::text AS position FROM phone_number_mappings
       WHERE org_id = $1 AND ($2::text IS NULL OR phone_number = $2) AND ($3::uuid IS NULL OR contact_id = $3)
         AND ($4::uuid IS NULL OR user_id = $4) AND ($5::text IS NULL OR status = $5) AND ${OPTED_IN}
         AND ($7::timestamptz IS NULL OR (created_at, id) < ($7::timestamptz, $8::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $9`,
      [
        tx.orgId,
        ...(['phone', 'contactId', 'userId', 'status', 'optedIn'] as const).map(
          (name) => filter[name] ?? null,
        ),
        ...(after ?? [null, null]),
        limit,
      ],
    );
    return rows.map(mappingOf);
  }

  async find(id: Uuid, lock: '' | 'FOR UPDATE' = ''): Promise<PhoneMapping | undefined> {
    const { tx } = this.database;
    const row = await tx.one<PhoneMapping & Record<string, unknown>>(
      `SELECT ${VIEW} FROM phone_number_mappings WHERE org_id = $1 AND id = $2 ${lock}`,
      [tx.orgId, id],
    );
    return row && mappingOf(row);
  }

  /** Throws {@link MappingTaken}. */
  async insert(phone: string, countryCode: string | null, values: MappingValues): Promise<Uuid> {
    const { tx } = this.database;
    const id = newId();
    const made = await tx.execute(
      `INSERT INTO phone_number_mappings (org_id, id, phone_number, country_code, contact_id, user_id, primary_channel, metadata,
         notes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, phone_number) DO NOTHING`,
      [tx.orgId, id, phone, countryCode, ...columnsOf(values)],
    );
    if (made === 1) return id;
    const other = await tx.one<{ id: Uuid }>(
      'SELECT id FROM phone_number_mappings WHERE org_id = $1 AND phone_number = $2',
      [tx.orgId, phone],
    );
    throw new MappingTaken(other?.id ?? id);
  }

  /** Of a locked mapping. */
  async change(
    id: Uuid,
    values: MappingValues & { readonly status: MappingStatus },
    at: Date,
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE phone_number_mappings SET contact_id = $3, user_id = $4, primary_channel = $5, metadata = $6, notes = $7,
         status = $8::text, status_changed_at = CASE WHEN status <> $8::text THEN $9::timestamptz ELSE status_changed_at END,
         unreachable_on = CASE WHEN $8::text = 'active' THEN '{}' ELSE unreachable_on END
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, ...columnsOf(values), values.status, at],
    );
  }

  /** True when messages came from there, or the ledger has a word about it. */
  async isInUse(id: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ used: boolean }>(
      `SELECT message_count > 0
         OR EXISTS (SELECT FROM consent_events e WHERE e.org_id = p.org_id AND e.phone = p.phone_number)
         OR EXISTS (SELECT FROM conversations c WHERE c.org_id = p.org_id AND c.contact_id = p.contact_id
           AND c.contact_address = p.phone_number) AS used
       FROM phone_number_mappings p WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id],
    );
    return row?.used ?? false;
  }

  async delete(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('DELETE FROM phone_number_mappings WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
  }

  /** The person proved that the number is theirs. */
  async verify(id: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      'UPDATE phone_number_mappings SET is_verified = true, verified_at = $3 WHERE org_id = $1 AND id = $2',
      [tx.orgId, id, at],
    );
  }

  /** Which of these people are here, locked before their address, as everywhere. */
  async people({
    contactId,
    userId,
  }: Pick<MappingValues, 'contactId' | 'userId'>): Promise<{ contact: boolean; user: boolean }> {
    const { tx } = this.database;
    const contact = await tx.one(
      'SELECT 1 AS one FROM contacts WHERE org_id = $1 AND id = $2 FOR KEY SHARE',
      [tx.orgId, contactId],
    );
    const user = await tx.one('SELECT 1 AS one FROM memberships WHERE org_id = $1 AND user_id = $2', [
      tx.orgId,
      userId,
    ]);
    return { contact: contact !== undefined, user: user !== undefined };
  }

  /** The contact that bears an address. */
  async bearer(phone: string): Promise<Uuid | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ id: Uuid }>(
      'SELECT id FROM contacts WHERE org_id = $1 AND (phone = $2 OR whatsapp_id = $2) ORDER BY id LIMIT 1 FOR KEY SHARE',
      [tx.orgId, phone],
    );
    return row?.id;
  }
}

const columnsOf = ({ contactId, userId, primaryChannel, metadata, notes }: MappingValues): unknown[] => [
  ...[contactId, userId, primaryChannel, JSON.stringify(metadata), notes],
];
