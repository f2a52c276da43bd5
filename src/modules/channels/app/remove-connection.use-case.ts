import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { ConnectionsRepository } from '../db/connections.repository';
import { ConnectionNotFound } from '../domain/errors';

/** Removes a connection with its credentials; its number can be connected again. Conversations stay. */
@Injectable()
export class RemoveConnection {
  constructor(private readonly connections: ConnectionsRepository) {}

  /** Throws `ConnectionNotFound`. */
  async execute(id: Uuid): Promise<void> {
    if (!(await this.connections.remove(id))) throw new ConnectionNotFound();
  }
}
