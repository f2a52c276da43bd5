import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { VerificationMode } from '../../domain/verification';

/** How a connection verifies, locked. */
export interface VerificationRow extends Record<string, unknown> {
  version: number;
  verification_mode: VerificationMode;
  observe_since: Date | null;
  observe_until: Date | null;
}

/** Connections of the organization at hand that observe, or begin to. */
@Injectable()
export class Observations {
  constructor(private readonly database: Database) {}

  lock(id: Uuid): Promise<VerificationRow | undefined> {
    const { tx } = this.database;
    return tx.one<VerificationRow>(
      `SELECT version, verification_mode, observe_since, observe_until FROM channel_connections
       WHERE org_id = $1 AND id = $2 FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  /** From when it began, also when it goes on for longer. */
  async begin(id: Uuid, now: Date, until: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE channel_connections SET verification_mode = 'observe', observe_until = $4,
         observe_since = CASE verification_mode WHEN 'observe' THEN observe_since ELSE $3 END
       WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, now, until],
    );
  }

  async end(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE channel_connections SET verification_mode = 'enforce', observe_until = NULL WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id],
    );
  }

  /** How many deliveries a connection took in whose signature did not fit. */
  async countUnverified(id: Uuid, since: Date | null): Promise<number> {
    const { tx } = this.database;
    const row = await tx.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM webhook_logs
       WHERE org_id = $1 AND connection_id = $2 AND NOT signature_verified AND event_row_id IS NOT NULL
         AND received_at >= COALESCE($3::timestamptz, '-infinity')`,
      [tx.orgId, id, since],
    );
    return row?.count ?? 0;
  }

  /** Those of all organizations whose time is over; needs none at hand. */
  async over(): Promise<{ orgId: Uuid; id: Uuid }[]> {
    return this.database.platform<{ orgId: Uuid; id: Uuid }>(
      'SELECT org_id AS "orgId", id FROM list_ended_observations()',
    );
  }
}
