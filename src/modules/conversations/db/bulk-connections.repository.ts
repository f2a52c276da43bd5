import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Channel } from '../../channels';

/** A connection as bulk sends need it. */
export interface BulkConnectionRow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly channel: Channel;
  readonly provider: string;
  readonly accountId: string;
  readonly isActive: boolean;
  readonly perSecond: number;
}

/** What bulk sends go out by. */
@Injectable()
export class BulkConnections {
  constructor(private readonly database: Database) {}

  find(id: Uuid): Promise<BulkConnectionRow | undefined> {
    const { tx } = this.database;
    return tx.one<BulkConnectionRow>(
      `SELECT id, channel, provider, provider_account_id AS "accountId", is_active AS "isActive",
         sends_per_second AS "perSecond" FROM channel_connections WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id],
    );
  }
}
