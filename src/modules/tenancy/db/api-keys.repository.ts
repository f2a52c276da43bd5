import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { ApiKey } from './api-key.entity';

/** A key as it is looked up when it is presented. */
export interface PresentedKeyRow extends Record<string, unknown> {
  orgId: Uuid;
  id: Uuid;
  secretHash: string;
  /** The secret before the last one, and until when it still opens the key. */
  previousSecretHash: string | null;
  previousSecretUntil: Date | null;
  scopes: string[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  orgStatus: string;
}

/** A key as it is shown: without anything of its secret. */
export interface ApiKeyRow extends Record<string, unknown> {
  id: Uuid;
  version: number;
  name: string;
  prefix: string;
  scopes: string[];
  createdBy: Uuid | null;
  createdByKey: Uuid | null;
  /** The user who made it is a member of the organization at this moment. */
  createdByMember: boolean;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  rotatedAt: Date | null;
  /** Until when the secret before this one works; null when it does not any more. */
  previousSecretUntil: Date | null;
  createdAt: Date;
}

const SHOWN = `k.id, k.version, k.name, k.prefix, k.scopes, k.created_by AS "createdBy", k.created_by_key AS "createdByKey",
  EXISTS (SELECT FROM memberships m WHERE m.org_id = k.org_id AND m.user_id = k.created_by) AS "createdByMember",
  k.last_used_at AS "lastUsedAt", k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt", k.rotated_at AS "rotatedAt",
  CASE WHEN k.previous_secret_until > now() THEN k.previous_secret_until END AS "previousSecretUntil",
  k.created_at AS "createdAt"`;

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
      `SELECT org_id AS "orgId", id, secret_hash AS "secretHash", previous_secret_hash AS "previousSecretHash",
         previous_secret_until AS "previousSecretUntil", scopes, expires_at AS "expiresAt", revoked_at AS "revokedAt",
         org_status AS "orgStatus"
       FROM find_api_keys($1)`,
      [prefix],
    );
  }

  /** Keys of the organization at hand, newest first: ids are made in the order of time. */
  list(limit: number, beforeId: string | null): Promise<ApiKeyRow[]> {
    const { tx } = this.database;
    return tx.query<ApiKeyRow>(
      `SELECT ${SHOWN} FROM api_keys k WHERE k.org_id = $1 AND ($2::uuid IS NULL OR k.id < $2) ORDER BY k.id DESC LIMIT $3`,
      [tx.orgId, beforeId, limit],
    );
  }

  /** One key of the organization at hand; `lock` keeps it as it is until the transaction ends. */
  find(id: Uuid, { lock = false } = {}): Promise<ApiKeyRow | undefined> {
    const { tx } = this.database;
    return tx.one<ApiKeyRow>(
      `SELECT ${SHOWN} FROM api_keys k WHERE k.org_id = $1 AND k.id = $2 ${lock ? 'FOR UPDATE OF k' : ''}`,
      [tx.orgId, id],
    );
  }

  async rename(id: Uuid, name: string): Promise<void> {
    const { tx } = this.database;
    await tx.execute('UPDATE api_keys SET name = $3 WHERE org_id = $1 AND id = $2', [tx.orgId, id, name]);
  }

  /** Gives a key another secret; a trigger keeps the hash of the one before, which works until `previousUntil`; null ends it. */
  async replaceSecret(id: Uuid, secretHash: string, now: Date, previousUntil: Date | null): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE api_keys SET secret_hash = $3, rotated_at = $4, previous_secret_until = $5 WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, secretHash, now, previousUntil],
    );
  }

  /** Revokes a key, for good. */
  async revoke(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      'UPDATE api_keys SET revoked_at = now() WHERE org_id = $1 AND id = $2 AND revoked_at IS NULL',
      [tx.orgId, id],
    );
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
