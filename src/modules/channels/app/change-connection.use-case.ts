import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { ConnectionsRepository, type ConnectionChange } from '../db/connections.repository';
import { ConnectionNotFound } from '../domain/errors';
import { ConnectionViews, type ConnectionView } from './connection-views';

/** Renames a connection, switches it off or on, or sets its pace. */
@Injectable()
export class ChangeConnection {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly views: ConnectionViews,
  ) {}

  /** Throws `ConnectionNotFound`, and `StaleVersion` when `ifMatch` is given and not the present version. */
  async execute(id: Uuid, change: ConnectionChange, ifMatch?: number): Promise<ConnectionView> {
    const version = await this.connections.lockVersion(id);
    if (version === undefined) throw new ConnectionNotFound();
    checkVersion(version, ifMatch);
    const row = await this.connections.change(id, change);
    if (!row) throw new ConnectionNotFound();
    return this.views.of(row);
  }
}
