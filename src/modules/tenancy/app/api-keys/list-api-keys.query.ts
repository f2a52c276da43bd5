import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { ApiKeysRepository, type ApiKeyRow } from '../../db/api-keys.repository';
import { ApiKeyNotFound } from '../../domain/errors';

/** The organization's API keys, revoked ones included; never a secret. */
@Injectable()
export class ListApiKeys {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly keys: ApiKeysRepository,
  ) {}

  /** Newest first. */
  page(limit: number, cursor: string | undefined): Promise<Page<ApiKeyRow>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: 'api-keys',
      limit,
      cursor,
      read: (after, wanted) => this.keys.list(wanted, after?.[1] ?? null),
      position: ({ id }) => ['', id],
    });
  }

  /** Throws {@link ApiKeyNotFound}. */
  async one(id: Uuid): Promise<ApiKeyRow> {
    const key = await this.keys.find(id);
    if (!key) throw new ApiKeyNotFound();
    return key;
  }
}
