import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { CHANNELS, type Channel } from '../domain/channel';
import {
  CONSENT_PURPOSES,
  type ConsentLine,
  type ConsentPurpose,
  type ConsentState,
} from '../domain/consent';
import type { BarredBecause } from '../domain/mappings/phone-mapping';
import { barredSql, mayAskSql, mayMessageSql, optedInColumn } from './may-message';

/** A message that came from an address. */
export interface MappingSighting {
  readonly phone: string;
  readonly contactId: Uuid;
  /** ISO 3166-1 alpha-2, where the address is a number that tells. */
  readonly countryCode: string | null;
  readonly channel: Channel;
  readonly at: Date;
}

/** A mapping with what the person may be written to about, and where. */
export interface MappingRow extends Record<string, unknown> {
  id: Uuid;
  phone: string;
  /** As {@link openAs} names them. */
  open: string[];
}

/** An address, and when a provider was handed what it could not deliver there. */
export interface Unreachable {
  readonly phone: string;
  readonly at: Date;
}

/** What a person can be written to about; `busy` while somebody else works on that. */
export type Reach =
  | (Readonly<Record<ConsentPurpose, boolean>> & {
      /** They can be sent a code that they ask for. */
      readonly mayAsk: boolean;
      readonly barred: BarredBecause | null;
    })
  | 'busy';

/** What stands in {@link MappingRow.open} where a person may be written to. */
export const openAs = ({ channel, purpose }: Omit<ConsentLine, 'phone'>): string =>
  optedInColumn(channel, purpose);

const OPEN = `array_remove(ARRAY[${CHANNELS.flatMap((channel) =>
  CONSENT_PURPOSES.map((purpose) => optedInColumn(channel, purpose)),
)
  .map((column) => `CASE WHEN ${column} THEN '${column}' END`)
  .join(', ')}], NULL)`;

/** Addresses of the organization at hand, with who is behind them and what they consented to. */
@Injectable()
export class MappingsRepository {
  constructor(private readonly database: Database) {}

  /** The address of a mapping; undefined when it is gone. */
  async addressOf(id: Uuid): Promise<string | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ phone: string }>(
      'SELECT phone_number AS phone FROM phone_number_mappings WHERE org_id = $1 AND id = $2',
      [tx.orgId, id],
    );
    return row?.phone;
  }

  /** The number that a contact bears; undefined when there is none. */
  async borneBy(contactId: Uuid | null): Promise<string | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ phone: string | null }>(
      'SELECT phone FROM contacts WHERE org_id = $1 AND id = $2',
      [tx.orgId, contactId],
    );
    return row?.phone ?? undefined;
  }

  /**
   * Counts a message and fills in what was not known; the address is of whoever was found behind it now. Not idempotent: to
   * be called once for each message.
   */
  async noteMessage({ phone, contactId, countryCode, channel, at }: MappingSighting): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO phone_number_mappings AS m (org_id, id, phone_number, contact_id, country_code, channels, primary_channel,
         last_message_at, message_count)
       VALUES ($1, $2, $3, $4, $5, jsonb_build_array($6::text), $6::text, $7, 1)
       ON CONFLICT (org_id, phone_number) DO UPDATE SET
         contact_id = EXCLUDED.contact_id,
         country_code = COALESCE(m.country_code, EXCLUDED.country_code),
         channels = CASE WHEN m.channels @> EXCLUDED.channels THEN m.channels ELSE m.channels || EXCLUDED.channels END,
         primary_channel = COALESCE(m.primary_channel, EXCLUDED.primary_channel),
         last_message_at = GREATEST(m.last_message_at, EXCLUDED.last_message_at),
         -- Whoever writes from a number can be reached there, whatever a provider said.
         unreachable_on = array_remove(m.unreachable_on, $6),
         status = CASE WHEN m.status = 'invalid' AND array_remove(m.unreachable_on, $6) = '{}' THEN 'active' ELSE m.status END,
         message_count = m.message_count + 1`,
      [tx.orgId, newId(), phone, contactId, countryCode, channel, at],
    );
  }

  /** Whose address it is, where that is known. */
  async contactOf(phone: string): Promise<Uuid | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ contact_id: Uuid | null }>(
      'SELECT contact_id FROM phone_number_mappings WHERE org_id = $1 AND phone_number = $2',
      [tx.orgId, phone],
    );
    return row?.contact_id ?? undefined;
  }

  /**
   * The mappings of addresses by address, made where there are none, locked: changes of one person's consent come one by one.
   * Each is of the contact that bears the address, if nobody's so far; who is locked before their address, as everywhere.
   * Contacts and mappings are locked in one order, so that two who do so wait for each other.
   */
  async lock(phones: readonly string[]): Promise<ReadonlyMap<string, MappingRow>> {
    const { tx } = this.database;
    const bearers = await tx.query<{ id: Uuid; phone: string | null; whatsapp_id: string | null }>(
      `SELECT id, phone, whatsapp_id FROM contacts
       WHERE org_id = $1 AND (phone = ANY ($2::text[]) OR whatsapp_id = ANY ($2::text[])) ORDER BY id FOR KEY SHARE`,
      [tx.orgId, phones],
    );
    const bearerOf = new Map(
      bearers.flatMap(({ id, phone, whatsapp_id }) => [phone, whatsapp_id].map((address) => [address, id])),
    );
    const addresses = [...new Set(phones)].sort();
    await tx.query(
      `INSERT INTO phone_number_mappings AS m (org_id, id, phone_number, contact_id)
       SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::uuid[])
       ON CONFLICT (org_id, phone_number) DO UPDATE SET contact_id = EXCLUDED.contact_id
         WHERE m.contact_id IS NULL AND EXCLUDED.contact_id IS NOT NULL`,
      [
        ...[tx.orgId, addresses.map(() => newId()), addresses],
        addresses.map((address) => bearerOf.get(address) ?? null),
      ],
    );
    const rows = await tx.query<MappingRow>(
      `SELECT id, phone_number AS phone, ${OPEN} AS open
       FROM phone_number_mappings WHERE org_id = $1 AND phone_number = ANY ($2::text[]) ORDER BY phone_number FOR UPDATE`,
      [tx.orgId, addresses],
    );
    return new Map(rows.map((row) => [row.phone, row]));
  }

  /** Writes what the lines of one channel and purpose come to. */
  async project(
    { channel, purpose }: Omit<ConsentLine, 'phone'>,
    states: readonly (ConsentState & { readonly id: Uuid })[],
  ): Promise<void> {
    if (states.length === 0) return;
    const { tx } = this.database;
    const column = optedInColumn(channel, purpose);
    await tx.query(
      `UPDATE phone_number_mappings m SET ${column} = s."optedIn", ${column}_at = s."optedInAt",
         ${column.replace(/in$/, 'out_at')} = s."optedOutAt"
       FROM json_to_recordset($2::json) AS s(id uuid, "optedIn" boolean, "optedInAt" timestamptz, "optedOutAt" timestamptz)
       WHERE m.org_id = $1 AND m.id = s.id`,
      [tx.orgId, JSON.stringify(states)],
    );
  }

  /** True when a person may be written to; the answer holds until the transaction ends. */
  async mayMessage(phone: string, channel: Channel, purpose: ConsentPurpose): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ may: boolean }>(
      `SELECT ${mayMessageSql('p', '$3::text', '$4::text')} AS may FROM phone_number_mappings p
       WHERE org_id = $1 AND phone_number = $2 FOR SHARE`,
      [tx.orgId, phone, channel, purpose],
    );
    return row?.may ?? false;
  }

  /** True when the person may be sent a code that they ask for; the answer holds until the transaction ends. */
  async mayAsk(phone: string, channel: Channel): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ may: boolean }>(
      `SELECT ${mayAskSql('p', '$3::text')} AS may FROM phone_number_mappings p
       WHERE org_id = $1 AND phone_number = $2 FOR SHARE`,
      [tx.orgId, phone, channel],
    );
    return row?.may ?? false;
  }

  /** Why nothing is sent to an address on a channel, whatever was consented to; the answer holds until the transaction ends. */
  async barred(phone: string, channel: Channel): Promise<BarredBecause | null> {
    const { tx } = this.database;
    const row = await tx.one<{ barred: BarredBecause | null }>(
      `SELECT ${barredSql('p', '$3::text')} AS barred FROM phone_number_mappings p
       WHERE org_id = $1 AND phone_number = $2 FOR SHARE`,
      [tx.orgId, phone, channel],
    );
    return row?.barred ?? null;
  }

  /**
   * A provider said of what it was handed at these times that nobody can be reached there on this channel. Not where the person
   * wrote since, or a member decided otherwise; to a later failure the person's other channels stay open.
   */
  async markInvalid(failures: readonly Unreachable[], channel: Channel): Promise<void> {
    if (failures.length === 0) return;
    const { tx } = this.database;
    const params = [tx.orgId, JSON.stringify(failures), failures.map(({ phone }) => phone), channel];
    await tx.query(
      `WITH locked AS (
         SELECT id FROM phone_number_mappings WHERE org_id = $1 AND phone_number = ANY ($3::text[])
         ORDER BY phone_number FOR UPDATE
       )
       UPDATE phone_number_mappings p SET status = 'invalid', unreachable_on = p.unreachable_on || $4::text
       FROM json_to_recordset($2::json) AS f(phone text, at timestamptz)
       WHERE p.org_id = $1 AND p.id IN (SELECT id FROM locked) AND p.phone_number = f.phone AND p.status <> 'suspended'
         AND NOT $4::text = ANY (p.unreachable_on) AND (p.status = 'active' OR p.unreachable_on <> '{}')
         AND f.at > COALESCE(GREATEST(p.last_message_at, p.status_changed_at), '-infinity')`,
      params,
    );
  }

  /**
   * What several people can be written to about, held until the transaction ends. An address that somebody else works on at
   * this moment is not waited for: it is told as `busy`.
   */
  async reach(phones: readonly string[], channel: Channel): Promise<ReadonlyMap<string, Reach>> {
    const { tx } = this.database;
    const reach = (lock: string, wanted: readonly string[]) =>
      tx.query<Exclude<Reach, 'busy'> & { phone: string }>(
        `SELECT phone_number AS phone, ${barredSql('p', '$3::text')} AS barred, ${mayAskSql('p', '$3::text')} AS "mayAsk", ${CONSENT_PURPOSES.map(
          (purpose) => `${mayMessageSql('p', '$3::text', `'${purpose}'`)} AS ${purpose}`,
        ).join(', ')} FROM phone_number_mappings p
         WHERE org_id = $1 AND phone_number = ANY ($2::text[]) ORDER BY phone_number ${lock}`,
        [tx.orgId, wanted, channel],
      );
    const held = await reach('FOR SHARE SKIP LOCKED', phones);
    const found = new Map<string, Reach>(held.map(({ phone, ...may }) => [phone, may]));
    const rest = phones.filter((phone) => !found.has(phone));
    if (rest.length > 0) for (const { phone } of await reach('', rest)) found.set(phone, 'busy');
    return found;
  }

  /** Locks the mappings of addresses, where there are any, against every change until the transaction ends. */
  async hold(addresses: readonly string[]): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `SELECT 1 FROM phone_number_mappings WHERE org_id = $1 AND phone_number = ANY ($2::text[])
       ORDER BY phone_number FOR SHARE`,
      [tx.orgId, addresses],
    );
  }
}
