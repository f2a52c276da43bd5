import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { asUuid, newId, type Uuid } from '../context';
import { Database } from '../database';
import { CannotDecrypt, decrypt, encrypt } from './cipher';
import { KeyManagement, type WrappedKey } from './key-management';
import { isSealedColumn } from './rotation/sealed-columns';

const VERSION = 'v1';

/** Where a sealed text is kept. It opens nowhere else. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: Uuid;
}

/** A text that only its organization's key opens, with the id of that key. */
export interface Sealed {
  readonly text: string;
  readonly keyId: Uuid;
}

interface KeyRow extends Record<string, unknown> {
  id: string;
  wrapped_key: string;
  master_key_id: string;
}

/**
 * Seals secrets with a key of their organization (AES-256-GCM), bound to version, organization, table, row, column and key.
 * Works within a transaction of the service role: requests have no access to keys.
 */
@Injectable()
export class Vault {
  /** Unwrapped keys, bounded; a master key that is withdrawn takes effect within the hour. */
  private readonly keys = new LRUCache<string, Buffer>({ max: 5_000, ttl: 3_600_000 });

  constructor(
    private readonly database: Database,
    private readonly management: KeyManagement,
  ) {}

  /**
   * Seals `secret` with the newest key of the organization at hand that a known master key opens, making one when there is none: an
   * organization whose master key is lost can have new secrets.
   */
  async seal(place: Place, secret: string): Promise<Sealed> {
    return (await this.sealer())(place, secret);
  }

  /** The same for later: seals with that key where no transaction of the service role is at hand. */
  async sealer(): Promise<(place: Place, secret: string) => Sealed> {
    const { tx } = this.database;
    const rows = await tx.query<KeyRow>(
      'SELECT id, wrapped_key, master_key_id FROM organization_keys WHERE org_id = $1 ORDER BY id DESC',
      [tx.orgId],
    );
    const row = rows.find(({ master_key_id: masterKeyId }) => this.management.knows(masterKeyId));
    const keyId = row ? asUuid(row.id) : newId();
    const key = row
      ? await this.unwrap(tx.orgId, keyId, wrappedOf(row))
      : await this.makeKey(tx.orgId, keyId);
    const { orgId } = tx;
    return (place, secret) => {
      if (!isSealedColumn(place)) throw new Error(`no class @Seals ${place.table}.${place.column}`);
      const body = encrypt(key, contextOf(orgId, place, keyId), Buffer.from(secret));
      return { keyId, text: `${VERSION}.${keyId}.${body}` };
    };
  }

  /** Opens a text of the organization at hand. Throws {@link CannotDecrypt}. */
  async open(place: Place, sealed: string): Promise<string> {
    const { tx } = this.database;
    const { keyId } = parse(sealed);
    const row = await tx.one<KeyRow>(
      'SELECT id, wrapped_key, master_key_id FROM organization_keys WHERE org_id = $1 AND id = $2',
      [tx.orgId, keyId],
    );
    if (!row) throw new CannotDecrypt();
    return this.openWith(tx.orgId, place, sealed, wrappedOf(row));
  }

  /** Opens a text with a wrapped key that was read along with it, where no transaction is at hand. Throws {@link CannotDecrypt}. */
  async openWith(orgId: Uuid, place: Place, sealed: string, wrapped: WrappedKey): Promise<string> {
    const { keyId, body } = parse(sealed);
    const key = await this.unwrap(orgId, keyId, wrapped);
    return decrypt(key, contextOf(orgId, place, keyId), body).toString();
  }

  /** Makes a new key of the organization at hand; from its commit on, everything is sealed by it. Older ones still open. */
  async renewKey(): Promise<void> {
    await this.makeKey(this.database.tx.orgId, newId());
  }

  private async makeKey(orgId: Uuid, keyId: Uuid): Promise<Buffer> {
    const key = randomBytes(32);
    const { wrappedKey, masterKeyId } = await this.management.wrap(keyContext(orgId, keyId), key);
    await this.database.tx.query(
      'INSERT INTO organization_keys (org_id, id, wrapped_key, master_key_id) VALUES ($1, $2, $3, $4)',
      [orgId, keyId, wrappedKey, masterKeyId],
    );
    return key;
  }

  private async unwrap(orgId: Uuid, keyId: Uuid, wrapped: WrappedKey): Promise<Buffer> {
    // The wrapped text is part of the name: a key that was tampered with never finds the good one here.
    const name = `${orgId}|${keyId}|${wrapped.masterKeyId}|${wrapped.wrappedKey}`;
    const known = this.keys.get(name);
    if (known) return known;
    const key = await this.management.unwrap(keyContext(orgId, keyId), wrapped);
    this.keys.set(name, key);
    return key;
  }
}

function wrappedOf({ wrapped_key, master_key_id }: KeyRow): WrappedKey {
  return { wrappedKey: wrapped_key, masterKeyId: master_key_id };
}

/** What a data key is wrapped for: it unwraps for no other organization, and under no other id. */
export function keyContext(orgId: Uuid, keyId: Uuid): string {
  return [VERSION, 'data-key', orgId, keyId].join('|');
}

function contextOf(orgId: Uuid, { table, row, column }: Place, keyId: Uuid): string {
  return [VERSION, orgId, table, row, column, keyId].join('|');
}

function parse(sealed: string): { keyId: Uuid; body: string } {
  const [, keyId, body] = /^v1\.([0-9a-f-]{36})\.([\w-]+)$/.exec(sealed) ?? [];
  if (!keyId || !body) throw new CannotDecrypt();
  return { keyId: asUuid(keyId), body };
}
