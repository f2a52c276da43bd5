import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { ApiKey } from './api-key.entity';

/** A key as it is looked up when it is presented. */
export interface PresentedKeyRow extends Record<string, unknown> {
  org_id: Uuid;
  id: Uuid;
  secret_hash: string;
  scopes: string[];
  expires_at: Date | null;
  revoked_at: Date | null;
  org_status: string;
}

/** A key as it is listed: without anything of its secret. */
export interface ListedKeyRow extends Record<string, unknown> {
  id: Uuid;
  name: string;
  prefix: string;
  scopes: string[];
  created_by: Uuid | null;
  last_used_at: Date | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  created_at: Date;
}

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  /** Adds a key to the organization at hand. */
  async insert(key: ApiKey): Promise<void> {
    await (await this.database.tx.repository(ApiKey)).insert(key);
  }

  /** The keys with a public prefix, of whatever organization; needs none. */
  findByPrefix(prefix: string): Promise<PresentedKeyRow[]> {
    return this.database.platform<PresentedKeyRow>(
      'SELECT org_id, id, secret_hash, scopes, expires_at, revoked_at, org_status FROM find_api_keys($1)',
      [prefix],
    );
  }

  /** Keys of the organization at hand, newest first: ids are made in the order of time. */
  list(limit: number, beforeId: string | null): Promise<ListedKeyRow[]> {
    const { tx } = this.database;
    return tx.query<ListedKeyRow>(
      `SELECT id, name, prefix, scopes, created_by, last_used_at, expires_at, revoked_at, created_at
       FROM api_keys WHERE org_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [tx.orgId, beforeId, limit],
    );
  }

  /** Revokes a key, for good and as often as asked. Returns its prefix; undefined when there is no such key. */
  async revoke(id: Uuid): Promise<string | undefined> {
    const { tx } = this.database;
    const row = await tx.one<{ prefix: string }>(
      `UPDATE api_keys SET revoked_at = COALESCE(revoked_at, now()) WHERE org_id = $1 AND id = $2 RETURNING prefix`,
      [tx.orgId, id],
    );
    return row?.prefix;
  }

  /** Notes a use, at most once a minute over all instances. False when another use of this minute was noted. */
  async touch(id: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const touched = await tx.execute(
      `UPDATE api_keys SET last_used_at = now()
       WHERE org_id = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [tx.orgId, id],
    );
    return touched === 1;
  }
}
