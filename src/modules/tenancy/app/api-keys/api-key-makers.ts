import { Injectable } from '@nestjs/common';
import type { Permission, Principal } from '../../../../common/auth';
import type { Uuid } from '../../../../common/context';
import { ApiKeysRepository } from '../../db/api-keys.repository';

/** Whoever gets to see a new secret, and the bounds of what they may be given with it. */
export interface ApiKeyMaker {
  readonly createdBy: Uuid | null;
  readonly createdByKey: Uuid | null;
  readonly held: ReadonlySet<Permission>;
  /** When a key that makes keys ends itself; null for people and for keys that do not end. */
  readonly end: Date | null;
}

/** Knows callers as makers of keys, in the transaction at hand. */
@Injectable()
export class ApiKeyMakers {
  constructor(private readonly keys: ApiKeysRepository) {}

  async of({ actor, permissions: held }: Principal): Promise<ApiKeyMaker> {
    if (actor.type !== 'api_key' || actor.id === null)
      return { createdBy: actor.type === 'user' ? actor.id : null, createdByKey: null, held, end: null };
    const maker = await this.keys.find(actor.id);
    return { createdBy: null, createdByKey: actor.id, held, end: maker?.expiresAt ?? null };
  }
}
