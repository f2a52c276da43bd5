import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../common/auth';
import { newId, type Uuid } from '../../../common/context';
import { sha256 } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { Clock } from '../../../common/time/clock';
import { ApiKeysRepository } from '../db/api-keys.repository';
import { formatApiKey } from '../domain/api-key';
import { ExpiryInPast } from '../domain/errors';
import { checkScopesHeld, knownScopes } from '../domain/scopes';
import { randomPrefix, randomSecret } from './secrets';

/** What a key is for, and who makes it. */
export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expiresAt: Date | null;
  /** The user who makes it; null for a key made by a key or by the system. */
  readonly createdBy: Uuid | null;
  /** What its maker may do: no key gets more. */
  readonly held: ReadonlySet<Permission>;
}

/** A key that was just made. `secret` is the whole key, and this is the only time it is seen. */
export interface CreatedApiKey {
  readonly id: Uuid;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: Permission[];
  readonly createdBy: Uuid | null;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly secret: string;
}

/** Makes an API key for the organization at hand. */
@Injectable()
export class CreateApiKey {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
  ) {}

  /** Throws `ScopeNotHeld` and `ExpiryInPast`. */
  async execute({ name, scopes: wanted, expiresAt, createdBy, held }: NewApiKey): Promise<CreatedApiKey> {
    checkScopesHeld(wanted, held);
    const createdAt = this.clock.now();
    if (expiresAt && expiresAt <= createdAt) throw new ExpiryInPast();
    const parts = { prefix: randomPrefix(), secret: randomSecret() };
    const scopes = [...knownScopes(wanted)];
    const key = { id: newId(), name, prefix: parts.prefix, scopes, createdBy, expiresAt, createdAt };
    await this.keys.insert({ ...key, orgId: this.database.tx.orgId, secretHash: sha256(parts.secret) });
    return { ...key, secret: formatApiKey(parts) };
  }
}
