import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { checkVersion } from '../../../../common/http';
import { Overlaps } from '../../db/credentials/overlaps.repository';
import { ConnectionNotFound } from '../../domain/errors';
import { NumberIsShared } from '../../domain/shared-number-errors';

/** Ends the overlap of a connection's secrets before its time; where there is none, nothing changes. */
@Injectable()
export class EndOverlap {
  constructor(
    private readonly database: Database,
    private readonly overlaps: Overlaps,
  ) {}

  /** Throws `ConnectionNotFound`, `NumberIsShared`, and `StaleVersion` when `ifMatch` is given and not the present version. */
  execute(scope: OrgScope, id: Uuid, ifMatch?: number): Promise<void> {
    return this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      const connection = await this.overlaps.lock(id);
      if (!connection) throw new ConnectionNotFound();
      checkVersion(connection.version, ifMatch);
      if (connection.shared_connection_id !== null) throw new NumberIsShared();
      await this.overlaps.end(id);
    });
  }
}
