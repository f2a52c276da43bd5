import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { sha256 } from '../../../../common/crypto';
import { Clock } from '../../../../common/time/clock';
import { ApiKeysRepository, type ApiKeyRow } from '../../db/api-keys.repository';
import { checkReplaceable, formatApiKey } from '../../domain/api-key';
import { ApiKeyNotFound } from '../../domain/errors';
import type { ApiKeyMaker } from './api-key-makers';
import { ListApiKeys } from './list-api-keys.query';
import { randomSecret } from '../secrets';

const MINUTE = 60_000;

/** A key with its new secret, which is the whole key and is seen this once. */
export type RotatedApiKey = ApiKeyRow & { readonly secret: string };

/**
 * Gives an API key of the organization at hand another secret. The one before works for a while, so that programs can be
 * changed over one after the other; the one before that ends at once.
 */
@Injectable()
export class RotateApiKey {
  constructor(
    private readonly clock: Clock,
    private readonly keys: ApiKeysRepository,
    private readonly shown: ListApiKeys,
  ) {}

  /** Throws {@link ApiKeyNotFound}, `ApiKeyEnded` and `KeyBeyondCaller`. */
  async execute(id: Uuid, overlapMinutes: number, caller: ApiKeyMaker): Promise<RotatedApiKey> {
    const key = await this.keys.find(id, { lock: true });
    if (!key) throw new ApiKeyNotFound();
    const now = this.clock.now();
    checkReplaceable(key, caller, now);
    const secret = randomSecret();
    const previousUntil = overlapMinutes > 0 ? new Date(now.getTime() + overlapMinutes * MINUTE) : null;
    await this.keys.replaceSecret(id, sha256(secret), now, previousUntil);
    return { ...(await this.shown.one(id)), secret: formatApiKey({ prefix: key.prefix, secret }) };
  }
}
