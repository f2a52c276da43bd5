import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { burstOf, type Pace } from '../domain/pace';

/** The pace of a connection, and what it is set to. */
export interface PaceRow extends Pace, Record<string, unknown> {
  readonly perSecond: number;
}

/** Paces of the connections of the organization at hand. That of a shared number is kept with its owner, and is one for all who use it. */
@Injectable()
export class ConnectionPaces {
  constructor(private readonly database: Database) {}

  /** Locked until the transaction ends: sends of one connection are counted one after the other. Undefined when it is gone. */
  async lock(connectionId: Uuid, now: Date): Promise<PaceRow | undefined> {
    return (
      (await this.locked(connectionId)) ??
      (await this.shared(connectionId, now)) ??
      this.made(connectionId, now)
    );
  }

  async save(connectionId: Uuid, { available, countedAt, blockedUntil, blockedTimes }: Pace): Promise<void> {
    const { tx } = this.database;
    const pace = [connectionId, available, countedAt, blockedUntil, blockedTimes];
    const own = await tx.execute(
      `UPDATE connection_paces SET available = $3, counted_at = $4, blocked_until = $5, blocked_times = $6
       WHERE org_id = $1 AND connection_id = $2`,
      [tx.orgId, ...pace],
    );
    if (own === 0) await tx.query('SELECT save_shared_pace($1, $2, $3, $4, $5)', pace);
  }

  /** The provider takes messages again. */
  async unblock(connectionId: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `WITH own AS (
         UPDATE connection_paces SET blocked_until = NULL, blocked_times = 0
         WHERE org_id = $1 AND connection_id = $2 AND blocked_times > 0 AND blocked_until <= now()
       )
       SELECT save_shared_pace(id, NULL, NULL, NULL, NULL) FROM channel_connections
       WHERE org_id = $1 AND id = $2 AND shared_connection_id IS NOT NULL`,
      [tx.orgId, connectionId],
    );
  }

  private locked(connectionId: Uuid): Promise<PaceRow | undefined> {
    const { tx } = this.database;
    return tx.one<PaceRow>(
      `SELECT p.available, p.counted_at AS "countedAt", p.blocked_until AS "blockedUntil",
         p.blocked_times AS "blockedTimes", k.sends_per_second AS "perSecond"
       FROM connection_paces p JOIN channel_connections k ON k.org_id = p.org_id AND k.id = p.connection_id
       WHERE p.org_id = $1 AND p.connection_id = $2 FOR UPDATE OF p`,
      [tx.orgId, connectionId],
    );
  }

  private shared(connectionId: Uuid, now: Date): Promise<PaceRow | undefined> {
    return this.database.tx.one<PaceRow>(
      `SELECT available, counted_at AS "countedAt", blocked_until AS "blockedUntil", blocked_times AS "blockedTimes",
         per_second AS "perSecond"
       FROM lock_shared_pace($1, $2, $3)`,
      [connectionId, now, burstOf(1)],
    );
  }

  private async made(connectionId: Uuid, now: Date): Promise<PaceRow | undefined> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO connection_paces (org_id, connection_id, available, counted_at)
       SELECT org_id, id, $3, $4 FROM channel_connections WHERE org_id = $1 AND id = $2
       ON CONFLICT (org_id, connection_id) DO NOTHING`,
      [tx.orgId, connectionId, burstOf(1), now],
    );
    return this.locked(connectionId);
  }
}
