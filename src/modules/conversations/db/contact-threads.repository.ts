import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Channel } from '../../channels';

/** How a contact is reached. */
export interface ContactPlace extends Record<string, unknown> {
  readonly address: string | null;
  /** Of the mapping of that address, else of one of their others. */
  readonly primaryChannel: Channel | null;
}

/** Where texts to a contact go out, and what they go to. */
@Injectable()
export class ContactThreadsRepository {
  constructor(private readonly database: Database) {}

  /** Undefined when there is no such contact. */
  place(contactId: Uuid): Promise<ContactPlace | undefined> {
    const { tx } = this.database;
    return tx.one<ContactPlace>(
      `SELECT CASE WHEN c.phone IS NULL THEN c.whatsapp_id ELSE c.phone END AS address, (
         SELECT p.primary_channel FROM phone_number_mappings p
         WHERE p.org_id = c.org_id AND p.contact_id = c.id AND p.primary_channel IS NOT NULL
         ORDER BY p.phone_number COLLATE "default" = c.phone COLLATE "default" DESC, p.last_message_at DESC NULLS LAST, p.id LIMIT 1
       ) AS "primaryChannel"
       FROM contacts c WHERE c.org_id = $1 AND c.id = $2 FOR KEY SHARE OF c`,
      [tx.orgId, contactId],
    );
  }

  /** Whether free text reaches this very number on WhatsApp: they wrote from it within the time for that. */
  async hasOpenWindow(contactId: Uuid, address: string, at: Date): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ open: boolean }>(
      `SELECT EXISTS (
         SELECT FROM conversations v JOIN channel_connections k ON k.org_id = v.org_id AND k.id = v.connection_id
         WHERE v.org_id = $1 AND v.contact_id = $2 AND v.contact_address = $3 AND v.session_window_ends_at > $4
           AND k.is_active AND k.channel = 'whatsapp') AS open`,
      [tx.orgId, contactId, address, at],
    );
    return row?.open ?? false;
  }

  /**
   * The active connection to write to a contact over: on the preferred channel if it can be, then where they wrote or were
   * written to last, then the oldest.
   */
  connection(
    contactId: Uuid,
    channels: readonly Channel[],
    prefer: Channel | null,
  ): Promise<{ readonly id: Uuid; readonly channel: Channel } | undefined> {
    const { tx } = this.database;
    return tx.one(
      `SELECT k.id, k.channel FROM channel_connections k
         LEFT JOIN conversations v ON v.org_id = k.org_id AND v.connection_id = k.id AND v.contact_id = $2
       WHERE k.org_id = $1 AND k.is_active AND k.channel = ANY ($3::text[])
       ORDER BY (k.channel = $4) IS TRUE DESC, v.last_message_at DESC NULLS LAST, k.created_at, k.id LIMIT 1`,
      [tx.orgId, contactId, channels, prefer],
    );
  }
}
