import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { ApiKeysRepository } from '../db/api-keys.repository';
import { ApiKeyNotFound } from '../domain/errors';
import { ApiKeyStates } from './api-key-states';

/** Revokes an API key for good: on this instance at once, on others within a second. */
@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly states: ApiKeyStates,
  ) {}

  /** Throws {@link ApiKeyNotFound}. Revoking twice is no error. */
  async execute(scope: OrgScope, id: Uuid): Promise<void> {
    const prefix = await this.database.runInOrg(scope, () => this.keys.revoke(id));
    if (prefix === undefined) throw new ApiKeyNotFound();
    this.states.forget(prefix);
  }
}
