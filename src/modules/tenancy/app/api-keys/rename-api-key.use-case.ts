import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { checkVersion } from '../../../../common/http';
import { ApiKeysRepository, type ApiKeyRow } from '../../db/api-keys.repository';
import { ApiKeyNotFound } from '../../domain/errors';
import { ListApiKeys } from './list-api-keys.query';

/** Says anew what an API key is for; what it may do and how long it works are settled when it is made. */
@Injectable()
export class RenameApiKey {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly shown: ListApiKeys,
  ) {}

  /** Throws {@link ApiKeyNotFound} and `StaleVersion`. A revoked key can be renamed too: it stays in the list. */
  async execute(id: Uuid, name: string | undefined, version: number | undefined): Promise<ApiKeyRow> {
    const key = await this.keys.find(id, { lock: true });
    if (!key) throw new ApiKeyNotFound();
    checkVersion(key.version, version);
    if (name === undefined || name === key.name) return key;
    await this.keys.rename(id, name);
    return this.shown.one(id);
  }
}
