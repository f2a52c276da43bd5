import { Injectable } from '@nestjs/common';
import { constantTimeEqual, sha256 } from '../../../common/crypto';
import { Clock } from '../../../common/time/clock';
import { ApiKeysRepository, type PresentedKeyRow } from '../db/api-keys.repository';
import type { ApiKeyParts } from '../domain/api-key';
import { InvalidApiKey, OrganizationSuspended } from '../domain/errors';
import { ShortMemory } from './short-memory';

/** The API keys in use, at most a second old; a key revoked on this instance is refused at once. */
@Injectable()
export class ApiKeyStates {
  private readonly memory = new ShortMemory<PresentedKeyRow[]>(10_000);

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly clock: Clock,
  ) {}

  /** The key that is presented. Throws {@link InvalidApiKey} and {@link OrganizationSuspended}. */
  async recognise({ prefix, secret }: ApiKeyParts): Promise<PresentedKeyRow> {
    const candidates = await this.memory.get(prefix, () => this.keys.findByPrefix(prefix));
    const hash = sha256(secret);
    const key = candidates.find(({ secret_hash }) => constantTimeEqual(secret_hash, hash));
    if (!key || key.revoked_at) throw new InvalidApiKey();
    if (key.expires_at && key.expires_at <= this.clock.now()) throw new InvalidApiKey();
    if (key.org_status !== 'active') throw new OrganizationSuspended();
    return key;
  }

  /** To be called after the change is committed: earlier, another request would bring the old state back. */
  forget(prefix: string): void {
    this.memory.forget(prefix);
  }
}
