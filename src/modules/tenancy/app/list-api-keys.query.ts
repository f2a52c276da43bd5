import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { ApiKeysRepository, type ListedKeyRow } from '../db/api-keys.repository';

/** A key, without anything of its secret. */
export interface ApiKeyView {
  readonly id: Uuid;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: string[];
  readonly createdBy: Uuid | null;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly createdAt: Date;
}

/** The organization's API keys, newest first, revoked ones included. */
@Injectable()
export class ListApiKeys {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly keys: ApiKeysRepository,
  ) {}

  async page(limit: number, cursor: string | undefined): Promise<Page<ApiKeyView>> {
    const { orgId } = this.database.tx;
    const filter = 'api-keys';
    const before = cursor === undefined ? null : this.cursors.read(orgId, filter, cursor)[1];
    const rows = await this.keys.list(limit + 1, before);
    return this.cursors.page({ orgId, filter, rows, limit, position: ({ id }) => ['', id], item: view });
  }
}

function view(row: ListedKeyRow): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    createdAt: row.created_at,
  };
}
