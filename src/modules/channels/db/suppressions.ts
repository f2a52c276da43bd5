import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { newId, type Uuid } from '../../../common/context';
import { Seals, Vault } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { CHANNELS, type Channel } from '../domain/channel';
import { CONSENT_PURPOSES, type ConsentLine, type ConsentPurpose } from '../domain/consent';
import { optedInColumn } from './may-message';

/** An opt-out from before its person was erased. */
export interface SuppressedLine extends ConsentLine {
  readonly at: Date;
}

interface KeyRow extends Record<string, unknown> {
  id: Uuid;
  sealed_key: string;
}

/** What a mapping says of each of its lines. */
const LINES_OF_MAPPING = CHANNELS.flatMap((channel) =>
  CONSENT_PURPOSES.map((purpose) => {
    const column = optedInColumn(channel, purpose);
    return `('${channel}', '${purpose}', p.${column}, p.${column.replace(/in$/, 'out_at')})`;
  }),
).join(', ');

const placeOf = (row: Uuid) => ({ table: 'suppression_keys', column: 'sealed_key', row });

const hash = (key: Buffer, address: string): string =>
  createHmac('sha256', key).update(address).digest('hex');

/**
 * Opt-outs of people who were erased. An address is remembered as its HMAC-SHA256 under a random key of the organization,
 * which the vault seals: it can be recognised when it comes again, and not be read. The key is never changed, so that hashes
 * stay what they are while data and master keys rotate. Needs the service role: requests have no access to keys.
 */
@Injectable()
@Seals({ table: 'suppression_keys', column: 'sealed_key', keyColumn: 'data_key_id' })
export class Suppressions {
  /** Opened keys by what they are sealed as, bounded, for an hour at most. */
  private readonly keys = new LRUCache<string, Buffer>({ max: 1_000, ttl: 3_600_000 });

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** Of what these addresses were opted out on these channels before they were erased, and when. */
  async of(addresses: readonly string[], channels: readonly Channel[]): Promise<SuppressedLine[]> {
    const { tx } = this.database;
    const any = await tx.one('SELECT 1 AS one FROM consent_suppressions WHERE org_id = $1 LIMIT 1', [
      tx.orgId,
    ]);
    if (!any) return [];
    const key = await this.key();
    const byHash = new Map(addresses.map((address) => [hash(key, address), address]));
    const rows = await tx.query<Omit<SuppressedLine, 'phone'> & { hash: string }>(
      `SELECT address_hash AS hash, channel, purpose, opted_out_at AS at FROM consent_suppressions
       WHERE org_id = $1 AND channel = ANY ($2::text[]) AND address_hash = ANY ($3::text[])`,
      [tx.orgId, channels, [...byHash.keys()]],
    );
    return rows.flatMap(({ hash: found, ...opted }) => {
      const phone = byHash.get(found);
      return phone === undefined ? [] : [{ phone, ...opted }];
    });
  }

  /** Remembers what an address is opted out of; its mapping is locked. */
  async remember(address: string): Promise<void> {
    const { tx } = this.database;
    const optedOut = await tx.query<{ channel: Channel; purpose: ConsentPurpose; at: Date }>(
      `SELECT channel, purpose, at FROM phone_number_mappings p, LATERAL (VALUES ${LINES_OF_MAPPING}) consent (channel, purpose, opted_in, at)
       WHERE p.org_id = $1 AND p.phone_number = $2 AND NOT opted_in AND at IS NOT NULL`,
      [tx.orgId, address],
    );
    for (const { channel, purpose, at } of optedOut)
      await tx.query(
        `INSERT INTO consent_suppressions AS s (org_id, id, channel, purpose, address_hash, opted_out_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (org_id, channel, purpose, address_hash)
           DO UPDATE SET opted_out_at = GREATEST(s.opted_out_at, EXCLUDED.opted_out_at)`,
        [tx.orgId, newId(), channel, purpose, await this.hash(address), at],
      );
  }

  /** The person said on purpose that they want messages again. */
  async lift({ phone, channel, purpose }: ConsentLine): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      'DELETE FROM consent_suppressions WHERE org_id = $1 AND channel = $2 AND purpose = $3 AND address_hash = $4',
      [tx.orgId, channel, purpose, await this.hash(phone)],
    );
  }

  /** Puts the hash in the place of the address, throughout the ledger. */
  async forgetInLedger(address: string): Promise<void> {
    await this.database.tx.query('SELECT forget_consent_address($1, $2)', [
      address,
      `erased:${await this.hash(address)}`,
    ]);
  }

  private async hash(address: string): Promise<string> {
    return hash(await this.key(), address);
  }

  /** The row is read each time: one that was made in a transaction which came to nothing is not there any more. */
  private async key(): Promise<Buffer> {
    const row = (await this.find()) ?? (await this.make());
    const known = this.keys.get(row.sealed_key);
    if (known) return known;
    const key = Buffer.from(await this.vault.open(placeOf(row.id), row.sealed_key), 'base64');
    this.keys.set(row.sealed_key, key);
    return key;
  }

  private find(): Promise<KeyRow | undefined> {
    const { tx } = this.database;
    return tx.one<KeyRow>('SELECT id, sealed_key FROM suppression_keys WHERE org_id = $1', [tx.orgId]);
  }

  /** Of two who make one at the same time, both take the one that was first. */
  private async make(): Promise<KeyRow> {
    const { tx } = this.database;
    const id = newId();
    const { text, keyId } = await this.vault.seal(placeOf(id), randomBytes(32).toString('base64'));
    await tx.query(
      'INSERT INTO suppression_keys (org_id, id, sealed_key, data_key_id) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id) DO NOTHING',
      [tx.orgId, id, text, keyId],
    );
    const row = await this.find();
    if (!row) throw new Error('the key that was just made is gone');
    return row;
  }
}
