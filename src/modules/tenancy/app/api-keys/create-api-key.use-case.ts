import { Injectable } from '@nestjs/common';
import type { Permission } from '../../../../common/auth';
import { newId, type Uuid } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { Database } from '../../../../common/database';
import { Clock } from '../../../../common/time/clock';
import { ApiKeysRepository } from '../../db/api-keys.repository';
import { endOfNewKey, formatApiKey } from '../../domain/api-key';
import { checkScopesHeld, knownScopes } from '../../domain/scopes';
import type { ApiKeyMaker } from './api-key-makers';
import { randomPrefix, randomSecret } from '../secrets';

/** What a key is for. */
export interface NewApiKey {
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly expiresAt: Date | null;
}

/** A key that was just made. `secret` is the whole key, and this is the only time it is seen. */
export interface CreatedApiKey {
  readonly id: Uuid;
  readonly version: number;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: Permission[];
  readonly createdBy: Uuid | null;
  readonly createdByKey: Uuid | null;
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

  /** Throws `ScopeNotHeld`, `ExpiryInPast` and `ExpiryAfterMaker`: no key gets more than its maker has. */
  async execute(wanted: NewApiKey, maker: ApiKeyMaker): Promise<CreatedApiKey> {
    checkScopesHeld(wanted.scopes, maker.held);
    const createdAt = this.clock.now();
    const expiresAt = endOfNewKey(wanted.expiresAt, maker.end, createdAt);
    const parts = { prefix: randomPrefix(), secret: randomSecret() };
    const key = {
      id: newId(),
      name: wanted.name,
      prefix: parts.prefix,
      scopes: [...knownScopes(wanted.scopes)],
      createdBy: maker.createdBy,
      createdByKey: maker.createdByKey,
      expiresAt,
      createdAt,
    };
    await this.keys.insert({ ...key, orgId: this.database.tx.orgId, secretHash: sha256(parts.secret) });
    return { ...key, version: 1, secret: formatApiKey(parts) };
  }
}
