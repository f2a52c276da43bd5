import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import type { Channel } from '../domain/channel';
import type { ConsentAction, ConsentLine, ConsentPurpose, ConsentSource } from '../domain/consent';
import type { ConsentRecord } from '../domain/consent-proof';

/** Which entries to list. */
export interface ConsentFilter {
  readonly phone?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly purpose?: ConsentPurpose | undefined;
  readonly action?: ConsentAction | undefined;
  readonly source?: ConsentSource | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** An entry, and where it stands in a list: to the microsecond, as hands can write. */
export interface ListedConsent extends ConsentRecord, Record<string, unknown> {
  readonly position: string;
}

const RECORD = `id, phone, channel, purpose, action, source, evidence, at, created_at AS "recordedAt"`;

/** The ledger as people read it. */
@Injectable()
export class ConsentRecords {
  constructor(private readonly database: Database) {}

  /** Newest first, after a position. */
  list(filter: ConsentFilter, after: Position | null, limit: number): Promise<ListedConsent[]> {
    const { tx } = this.database;
    return tx.query<ListedConsent>(
      `SELECT ${RECORD}, at::text AS position FROM consent_events
       WHERE org_id = $1 AND ($2::text IS NULL OR phone = $2) AND ($3::text IS NULL OR channel = $3)
         AND ($4::text IS NULL OR purpose = $4) AND ($5::text IS NULL OR action = $5)
         AND ($6::text IS NULL OR source = $6) AND ($7::timestamptz IS NULL OR at >= $7)
         AND ($8::timestamptz IS NULL OR at < $8)
         AND ($9::timestamptz IS NULL OR (at, id) < ($9::timestamptz, $10::uuid))
       ORDER BY at DESC, id DESC LIMIT $11`,
      [
        tx.orgId,
        ...(['phone', 'channel', 'purpose', 'action', 'source', 'from', 'to'] as const).map(
          (name) => filter[name] ?? null,
        ),
        ...(after ?? [null, null]),
        limit,
      ],
    );
  }

  /** Everything that was said about these addresses. */
  of(phones: readonly string[]): Promise<(ConsentRecord & Record<string, unknown>)[]> {
    const { tx } = this.database;
    return tx.query(`SELECT ${RECORD} FROM consent_events WHERE org_id = $1 AND phone = ANY ($2::text[])`, [
      tx.orgId,
      phones,
    ]);
  }

  /** One line. */
  ofLine({ phone, channel, purpose }: ConsentLine): Promise<(ConsentRecord & Record<string, unknown>)[]> {
    const { tx } = this.database;
    return tx.query(
      `SELECT ${RECORD} FROM consent_events WHERE org_id = $1 AND phone = $2 AND channel = $3 AND purpose = $4`,
      [tx.orgId, phone, channel, purpose],
    );
  }

  /**
   * What a request wrote into a line. Not simply the newest: entries bear the time at which their transaction began, and one
   * that began later may have been first.
   */
  async writtenBy(
    requestId: Uuid,
    { phone, channel, purpose }: ConsentLine,
  ): Promise<ConsentRecord | undefined> {
    const { tx } = this.database;
    return tx.one<ConsentRecord & Record<string, unknown>>(
      `SELECT ${RECORD} FROM consent_events WHERE org_id = $1 AND phone = $2 AND channel = $3 AND purpose = $4
         AND evidence->>'requestId' = $5
       ORDER BY created_at DESC, id DESC LIMIT 1`,
      [tx.orgId, phone, channel, purpose, requestId],
    );
  }

  /** The addresses of a contact, those that they bear first; undefined when there is no such contact. */
  async addressesOf(contactId: Uuid): Promise<{ phone: string | null; all: string[] } | undefined> {
    const { tx } = this.database;
    return tx.one<{ phone: string | null; all: string[] }>(
      `SELECT COALESCE(c.phone, c.whatsapp_id) AS phone, ARRAY(
         SELECT address FROM (
           SELECT c.phone AS address UNION SELECT c.whatsapp_id
           UNION SELECT phone_number FROM phone_number_mappings p WHERE p.org_id = c.org_id AND p.contact_id = c.id
         ) known WHERE address IS NOT NULL ORDER BY address) AS all
       FROM contacts c WHERE c.org_id = $1 AND c.id = $2`,
      [tx.orgId, contactId],
    );
  }

  /** True when an address is known that is no number: WhatsApp's id of a person who shows none. */
  async isKnown(address: string): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one(
      'SELECT 1 AS one FROM phone_number_mappings WHERE org_id = $1 AND phone_number = $2',
      [tx.orgId, address],
    );
    return row !== undefined;
  }
}
