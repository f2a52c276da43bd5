import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { ProviderName } from '../../domain/channel';

/** A connection's secrets as they are, locked. */
export interface OverlapRow extends Record<string, unknown> {
  provider: ProviderName;
  version: number;
  shared_connection_id: Uuid | null;
  /** Null of one who shares a number. */
  credentials: string | null;
  previous_credentials_until: Date | null;
}

/** Secrets that were replaced and still verify deliveries. Needs the service role. */
@Injectable()
export class Overlaps {
  constructor(private readonly database: Database) {}

  lock(id: Uuid): Promise<OverlapRow | undefined> {
    const { tx } = this.database;
    return tx.one<OverlapRow>(
      `SELECT provider, version, shared_connection_id, credentials, previous_credentials_until FROM channel_connections
       WHERE org_id = $1 AND id = $2 FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Forgets the secret that was replaced; with `at` only where its time was over then. */
  async end(id: Uuid, at?: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE channel_connections
       SET previous_credentials = NULL, previous_credentials_key_id = NULL, previous_credentials_until = NULL
       WHERE org_id = $1 AND id = $2 AND previous_credentials_until <= COALESCE($3::timestamptz, 'infinity')`,
      [tx.orgId, id, at ?? null],
    );
  }

  /** Connections of all organizations whose time is over; needs none at hand. */
  over(): Promise<{ orgId: Uuid; id: Uuid }[]> {
    return this.database.platform<{ orgId: Uuid; id: Uuid }>(
      'SELECT org_id AS "orgId", id FROM list_ended_overlaps()',
    );
  }
}
