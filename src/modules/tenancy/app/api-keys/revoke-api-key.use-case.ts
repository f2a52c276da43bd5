import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { checkVersion } from '../../../../common/http';
import { ApiKeysRepository } from '../../db/api-keys.repository';
import { ApiKeyNotFound } from '../../domain/errors';
import { ApiKeyStates } from './api-key-states';

/** Revokes an API key for good: on this instance at once, on others within a second. */
@Injectable()
export class RevokeApiKey {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
    private readonly states: ApiKeyStates,
  ) {}

  /** Throws {@link ApiKeyNotFound} and `StaleVersion`. Revoking twice is no error. */
  async execute(scope: OrgScope, id: Uuid, version: number | undefined): Promise<void> {
    const prefix = await this.database.runInOrg(scope, async () => {
      const key = await this.keys.find(id, { lock: true });
      if (!key) throw new ApiKeyNotFound();
      checkVersion(key.version, version);
      await this.keys.revoke(id);
      return key.prefix;
    });
    this.states.forget(prefix);
  }
}
