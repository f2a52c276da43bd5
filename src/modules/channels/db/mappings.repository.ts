import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Channel } from '../domain/channel';
import type { ConsentState } from '../domain/consent';
import { mayMessageSql } from './may-message';

/** A message that came from an address. */
export interface MappingSighting {
  readonly phone: string;
  readonly contactId: Uuid;
  /** ISO 3166-1 alpha-2, where the address is a number that tells. */
  readonly countryCode: string | null;
  readonly channel: Channel;
  readonly at: Date;
}

/** A mapping with the consent of one channel. */
export interface MappingRow extends Record<string, unknown> {
  id: Uuid;
  opted_in: boolean;
}

/** The consent columns of a channel. Their names are ours: nothing else is put into SQL text. */
const COLUMNS: Readonly<Record<Channel, { in: string; inAt: string; outAt: string }>> = {
  whatsapp: { in: 'whatsapp_opted_in', inAt: 'whatsapp_opted_in_at', outAt: 'whatsapp_opted_out_at' },
  sms: { in: 'sms_opted_in', inAt: 'sms_opted_in_at', outAt: 'sms_opted_out_at' },
  voice: { in: 'voice_opted_in', inAt: 'voice_opted_in_at', outAt: 'voice_opted_out_at' },
};

/** Addresses of the organization at hand, with who is behind them and what they consented to. */
@Injectable()
export class MappingsRepository {
  constructor(private readonly database: Database) {}

  /** Counts a message and fills in what was not known. Not idempotent: to be called once for each message. */
  async noteMessage({ phone, contactId, countryCode, channel, at }: MappingSighting): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO phone_number_mappings AS m (org_id, id, phone_number, contact_id, country_code, channels, primary_channel,
         last_message_at, message_count)
       VALUES ($1, $2, $3, $4, $5, jsonb_build_array($6::text), $6::text, $7, 1)
       ON CONFLICT (org_id, phone_number) DO UPDATE SET
         contact_id = COALESCE(m.contact_id, EXCLUDED.contact_id),
         country_code = COALESCE(m.country_code, EXCLUDED.country_code),
         channels = CASE WHEN m.channels @> EXCLUDED.channels THEN m.channels ELSE m.channels || EXCLUDED.channels END,
         primary_channel = COALESCE(m.primary_channel, EXCLUDED.primary_channel),
         last_message_at = GREATEST(m.last_message_at, EXCLUDED.last_message_at),
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

  /** The mapping of an address, made when there is none, locked: changes of one person's consent come one by one. */
  async lock(phone: string, channel: Channel): Promise<MappingRow> {
    const { tx } = this.database;
    await tx.query(
      'INSERT INTO phone_number_mappings (org_id, id, phone_number) VALUES ($1, $2, $3) ON CONFLICT (org_id, phone_number) DO NOTHING',
      [tx.orgId, newId(), phone],
    );
    const row = await tx.one<MappingRow>(
      `SELECT id, ${COLUMNS[channel].in} AS opted_in FROM phone_number_mappings
       WHERE org_id = $1 AND phone_number = $2 FOR UPDATE`,
      [tx.orgId, phone],
    );
    if (!row) throw new Error('a mapping is there and cannot be found');
    return row;
  }

  /** Writes what the ledger comes to. */
  async project(id: Uuid, channel: Channel, { optedIn, optedInAt, optedOutAt }: ConsentState): Promise<void> {
    const { tx } = this.database;
    const column = COLUMNS[channel];
    await tx.query(
      `UPDATE phone_number_mappings SET ${column.in} = $3, ${column.inAt} = $4, ${column.outAt} = $5
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, optedIn, optedInAt, optedOutAt],
    );
  }

  /** True when a person may be written to; the answer holds until the transaction ends. */
  async mayMessage(phone: string, channel: Channel): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ may: boolean }>(
      `SELECT ${mayMessageSql('p', '$3::text')} AS may FROM phone_number_mappings p
       WHERE org_id = $1 AND phone_number = $2 FOR SHARE`,
      [tx.orgId, phone, channel],
    );
    return row?.may ?? false;
  }
}
