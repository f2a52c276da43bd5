import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { ConnectionsRepository } from '../db/connections.repository';
import { ConnectionNotFound } from '../domain/errors';
import { ConnectionViews, type ConnectionView } from './connection-views';

const FILTER = 'channel-connections';

/** The organization's connections, newest first, or one of them. */
@Injectable()
export class ReadConnections {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly connections: ConnectionsRepository,
    private readonly views: ConnectionViews,
  ) {}

  async page(limit: number, cursor: string | undefined): Promise<Page<ConnectionView>> {
    const { orgId } = this.database.tx;
    const before = cursor === undefined ? null : this.cursors.read(orgId, FILTER, cursor)[1];
    const rows = await this.connections.list(limit + 1, before);
    const item = this.views.of.bind(this.views);
    return this.cursors.page({ orgId, filter: FILTER, rows, limit, position: ({ id }) => ['', id], item });
  }

  /** Throws `ConnectionNotFound`. */
  async one(id: Uuid): Promise<ConnectionView> {
    const row = await this.connections.find(id);
    if (!row) throw new ConnectionNotFound();
    return this.views.of(row);
  }
}
