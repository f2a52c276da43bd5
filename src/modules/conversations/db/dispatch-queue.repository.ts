import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { OutgoingMessage } from '../domain/message';
import { outgoing, OUTGOING, type OutgoingRow } from './outgoing-rows';

/** Who goes first when not all can. Bulk messages are the last lane. */
export const LANES = { replies: [0, 1], bulk: [2, 2] } as const;
export type Lanes = (typeof LANES)[keyof typeof LANES];

/** What is next: which lane, and when it may go. */
export interface NextDue {
  readonly lane: number;
  readonly at: Date;
}

/** A message that was taken, under the number of its attempt. */
export interface TakenMessage extends Record<string, unknown> {
  readonly id: Uuid;
  readonly attempt: number;
}

/** Times that decide whose turn it is. */
export interface Moment {
  readonly now: Date;
  /** What has been waiting, or on its way, since before this stands in nobody's way. */
  readonly since: Date;
}

/**
 * People read in order, so a thread's messages go one after the other: `m` has its turn when nothing of its thread is being
 * handed over or waits before it. Bulk messages wait for replies; confirmations of consent wait for nobody.
 */
const hasTurn = (since: string): string => `(m.lane = 0 OR NOT EXISTS (
  SELECT FROM messages b WHERE b.org_id = m.org_id AND b.conversation_id = m.conversation_id AND b.id <> m.id AND b.lane > 0
    AND (b.status = 'queued' OR (b.status = 'sending' AND b.provider_message_id IS NULL))
    AND greatest(b.queued_at, b.attempted_at) >= least(${since}, m.queued_at)
    AND (b.status = 'sending' OR (b.lane, b.queued_at, b.id) < (m.lane, m.queued_at, m.id))))`;

/** The messages of a connection that wait to be handed over. The table is the queue. */
@Injectable()
export class DispatchQueue {
  constructor(private readonly database: Database) {}

  /**
   * The next messages of a connection, with their threads, locked until the transaction ends. Threads in which somebody else
   * does something at this moment are left out.
   */
  async lockDue(
    connectionId: Uuid,
    [from, to]: Lanes,
    limit: number,
    { now, since }: Moment,
  ): Promise<OutgoingMessage[]> {
    if (limit < 1) return [];
    const { tx } = this.database;
    const rows = await tx.query<OutgoingRow>(
      `${OUTGOING} AND m.connection_id = $2 AND m.status = 'queued' AND m.lane BETWEEN $3 AND $4
         AND (m.next_attempt_at IS NULL OR m.next_attempt_at <= $6) AND ${hasTurn('$7::timestamptz')}
       ORDER BY m.lane, m.queued_at, m.id LIMIT $5
       FOR NO KEY UPDATE OF c SKIP LOCKED FOR UPDATE OF m SKIP LOCKED`,
      [tx.orgId, connectionId, from, to, limit, now, since],
    );
    return rows.map(outgoing);
  }

  /**
   * Begins to hand messages over, whose threads are locked; their outcomes are recorded under the attempts that this returns.
   * One that lost its turn while it was locked is left out.
   */
  async take(ids: readonly Uuid[], dispatchId: string, { now, since }: Moment): Promise<TakenMessage[]> {
    if (ids.length === 0) return [];
    const { tx } = this.database;
    return tx.query<TakenMessage>(
      `UPDATE messages m SET status = 'sending', attempt = attempt + 1, attempted_at = $3, error_code = NULL,
         next_attempt_at = NULL, dispatch_id = $4
       WHERE m.org_id = $1 AND m.id = ANY ($2::uuid[]) AND m.status = 'queued' AND ${hasTurn('$5::timestamptz')}
       RETURNING m.id, m.attempt`,
      [tx.orgId, ids, now, dispatchId, since],
    );
  }

  /** Messages that are not to be offered before a moment. */
  async postpone(ids: readonly Uuid[], until: Date): Promise<void> {
    if (ids.length === 0) return;
    const { tx } = this.database;
    await tx.query('UPDATE messages SET next_attempt_at = $3 WHERE org_id = $1 AND id = ANY ($2::uuid[])', [
      tx.orgId,
      ids,
      until,
    ]);
  }

  /** What is to be handed over next and when, of those that have their turn; undefined when nothing waits. */
  async next(connectionId: Uuid, { now, since }: Moment): Promise<NextDue | undefined> {
    const { tx } = this.database;
    const due = await tx.one<{ lane: number }>(
      `SELECT m.lane FROM messages m WHERE m.org_id = $1 AND m.connection_id = $2 AND m.status = 'queued'
         AND (m.next_attempt_at IS NULL OR m.next_attempt_at <= $3) AND ${hasTurn('$4::timestamptz')}
       ORDER BY m.lane, m.queued_at, m.id LIMIT 1`,
      [tx.orgId, connectionId, now, since],
    );
    if (due) return { lane: due.lane, at: now };
    const later = await tx.one<{ lane: number; at: Date | null }>(
      `SELECT min(lane) AS lane, min(next_attempt_at) AS at FROM messages m
       WHERE m.org_id = $1 AND m.connection_id = $2 AND m.status = 'queued' AND m.next_attempt_at > $3`,
      [tx.orgId, connectionId, now],
    );
    return later?.at ? { lane: later.lane, at: later.at } : undefined;
  }

  /** How many bulk messages of a connection are being handed over since `since`. */
  async bulkUnderWay(connectionId: Uuid, since: Date): Promise<number> {
    const { tx } = this.database;
    const row = await tx.one<{ count: number }>(
      `SELECT count(*)::int AS count FROM messages WHERE org_id = $1 AND connection_id = $2 AND lane = 2
         AND status = 'sending' AND provider_message_id IS NULL AND attempted_at >= $3`,
      [tx.orgId, connectionId, since],
    );
    return row?.count ?? 0;
  }

  /** What a run of a job that died was handing over, locked. */
  async leftBehind(dispatchId: string): Promise<OutgoingMessage[]> {
    const { tx } = this.database;
    const rows = await tx.query<OutgoingRow>(
      `${OUTGOING} AND m.dispatch_id = $2 AND m.status = 'sending' AND m.provider_message_id IS NULL
       ORDER BY c.id, m.id FOR NO KEY UPDATE OF c FOR UPDATE OF m`,
      [tx.orgId, dispatchId],
    );
    return rows.map(outgoing);
  }
}
