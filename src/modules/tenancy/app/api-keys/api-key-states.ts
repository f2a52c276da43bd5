import { Injectable } from '@nestjs/common';
import { constantTimeEqual, sha256 } from '../../../../common/crypto';
import { Clock } from '../../../../common/time/clock';
import { ApiKeysRepository, type PresentedKeyRow } from '../../db/api-keys.repository';
import type { ApiKeyParts } from '../../domain/api-key';
import { InvalidApiKey, OrganizationSuspended } from '../../domain/errors';
import { ShortMemory } from '../short-memory';

/** A second from the revocation to the last answer: the time of a slow request is left for the request. */
const MEMORY_MS = 900;

/**
 * The API keys in use, at most a second old; a key revoked on this instance is refused at once. What does not fit is looked
 * up once more, so that a secret that was just made works on every instance from its first moment.
 */
@Injectable()
export class ApiKeyStates {
  private readonly memory = new ShortMemory<PresentedKeyRow[]>(10_000, MEMORY_MS);

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly clock: Clock,
  ) {}

  /** The key that is presented. Throws {@link InvalidApiKey} and {@link OrganizationSuspended}. */
  async recognise({ prefix, secret }: ApiKeyParts): Promise<PresentedKeyRow> {
    const key = await this.find(prefix, sha256(secret));
    if (!key || key.revokedAt) throw new InvalidApiKey();
    if (key.expiresAt && key.expiresAt <= this.clock.now()) throw new InvalidApiKey();
    if (key.orgStatus !== 'active') throw new OrganizationSuspended();
    return key;
  }

  /** To be called after the change is committed: earlier, another request would bring the old state back. */
  forget(prefix: string): void {
    this.memory.forget(prefix);
  }

  /** A prefix that nobody has and a secret that is wrong take the same way, statement by statement. */
  private async find(prefix: string, hash: string): Promise<PresentedKeyRow | undefined> {
    const answer = { isFresh: false };
    const candidates = await this.memory.get(prefix, () => {
      answer.isFresh = true;
      return this.keys.findByPrefix(prefix);
    });
    const found = candidates.find((key) => this.opens(key, hash));
    if (found || answer.isFresh) return found;
    this.memory.forget(prefix);
    return this.find(prefix, hash);
  }

  private opens(key: PresentedKeyRow, hash: string): boolean {
    if (constantTimeEqual(key.secretHash, hash)) return true;
    const { previousSecretHash: previous, previousSecretUntil: until } = key;
    if (previous === null || until === null || until <= this.clock.now()) return false;
    return constantTimeEqual(previous, hash);
  }
}
