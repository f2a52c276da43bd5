import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { checkVersion } from '../../../common/http';
import { ConnectionsRepository } from '../db/connections.repository';
import { ConnectionNotFound } from '../domain/errors';
import { NumberIsShared } from '../domain/shared-number-errors';

/** Removes a connection with its credentials; its number can be connected again. Conversations stay. */
@Injectable()
export class RemoveConnection {
  constructor(private readonly connections: ConnectionsRepository) {}

  /** Throws `ConnectionNotFound`, `NumberIsShared`, and `StaleVersion` when `ifMatch` is given and not the present version. */
  async execute(id: Uuid, ifMatch?: number): Promise<void> {
    const version = await this.connections.lockVersion(id);
    if (version === undefined) throw new ConnectionNotFound();
    checkVersion(version, ifMatch);
    if ((await this.connections.find(id))?.routing === 'shared') throw new NumberIsShared();
    await this.connections.remove(id);
  }
}
