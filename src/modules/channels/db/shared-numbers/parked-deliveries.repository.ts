import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { ParkedReason, ParkedState } from '../../domain/shared-routing';
import type { ClaimedDelivery } from './shared-deliveries.repository';

/** A message of which it is not known whose it is, or was not. */
export interface ParkedRow extends Record<string, unknown> {
  readonly id: Uuid;
  readonly connectionId: Uuid;
  readonly webhookLogId: Uuid;
  readonly receivedAt: Date;
  readonly eventId: Uuid;
  /** Null once it is settled. */
  readonly address: string | null;
  readonly state: ParkedState;
  readonly reason: ParkedReason;
  readonly assignedOrgId: Uuid | null;
  readonly settledAt: Date | null;
}

const VIEW = `id, connection_id AS "connectionId", address, webhook_log_id AS "webhookLogId", received_at AS "receivedAt",
  claim_id AS "eventId", state, reason, assigned_org_id AS "assignedOrgId", settled_at AS "settledAt"`;

/** The delivery that is parked. */
export function deliveryOf({ connectionId, webhookLogId, receivedAt, eventId }: ParkedRow): ClaimedDelivery {
  return { connectionId, webhookLogId, receivedAt: receivedAt.toISOString(), eventId };
}

/** How a parked message ended. */
export type Settlement =
  | { readonly state: 'assigned'; readonly assignedOrgId: Uuid }
  | { readonly state: 'discarded' | 'expired'; readonly assignedOrgId?: undefined };

/** Messages that wait for it to be found out whose they are. Rows of the organization that owns the numbers. */
@Injectable()
export class ParkedDeliveries {
  constructor(private readonly database: Database) {}

  async park(
    { connectionId, webhookLogId, receivedAt, eventId }: ClaimedDelivery,
    parked: { readonly address: string; readonly state: 'asked' | 'waiting'; readonly reason: ParkedReason },
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO parked_deliveries (org_id, id, connection_id, address, webhook_log_id, received_at, claim_id, state, reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, claim_id) DO NOTHING`,
      [
        ...[tx.orgId, newId(), connectionId, parked.address, webhookLogId, receivedAt, eventId],
        ...[parked.state, parked.reason],
      ],
    );
  }

  /** True when it waits already: its job ran before. */
  async isParked({ eventId }: ClaimedDelivery): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one('SELECT id FROM parked_deliveries WHERE org_id = $1 AND claim_id = $2', [
      tx.orgId,
      eventId,
    ]);
    return row !== undefined;
  }

  /** Newest first: ids are made in the order of time. */
  list(state: ParkedState | null, limit: number, beforeId: string | null): Promise<ParkedRow[]> {
    const { tx } = this.database;
    return tx.query<ParkedRow>(
      `SELECT ${VIEW} FROM parked_deliveries
       WHERE org_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
      [tx.orgId, state, beforeId, limit],
    );
  }

  find(id: Uuid, lock: '' | 'FOR UPDATE' = ''): Promise<ParkedRow | undefined> {
    const { tx } = this.database;
    return tx.one<ParkedRow>(`SELECT ${VIEW} FROM parked_deliveries WHERE org_id = $1 AND id = $2 ${lock}`, [
      tx.orgId,
      id,
    ]);
  }

  /** Those of a sender that wait for an answer, oldest first, locked. */
  askedOf(connectionId: Uuid, address: string): Promise<ParkedRow[]> {
    const { tx } = this.database;
    return tx.query<ParkedRow>(
      `SELECT ${VIEW} FROM parked_deliveries
       WHERE org_id = $1 AND connection_id = $2 AND address = $3 AND state = 'asked' ORDER BY id FOR UPDATE`,
      [tx.orgId, connectionId, address],
    );
  }

  /** No answer comes: the operator has to decide. */
  async leaveToOperator(ids: readonly Uuid[]): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE parked_deliveries SET state = 'waiting', reason = 'not_answered' WHERE org_id = $1 AND id = ANY ($2)`,
      [tx.orgId, ids],
    );
  }

  /** From then on nothing tells whose it was. */
  async settle(id: Uuid, { state, assignedOrgId }: Settlement, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE parked_deliveries SET state = $3, assigned_org_id = $4, settled_at = $5, address = NULL WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id, state, assignedOrgId ?? null, at],
    );
  }

  /** Those that wait for an answer of which the time is over, oldest first. */
  unanswered(at: Date, batch: number): Promise<{ id: Uuid }[]> {
    const { tx } = this.database;
    return tx.query<{ id: Uuid }>(
      `SELECT p.id FROM parked_deliveries p
         LEFT JOIN shared_senders s ON s.org_id = p.org_id AND s.connection_id = p.connection_id AND s.address = p.address
       WHERE p.org_id = $1 AND p.state = 'asked' AND (s.answer_until IS NULL OR s.answer_until <= $2)
       ORDER BY p.id LIMIT $3 FOR UPDATE OF p`,
      [tx.orgId, at, batch],
    );
  }

  /** Those that were received before this, and wait, locked. */
  waitingSince(at: Date, batch: number): Promise<ParkedRow[]> {
    const { tx } = this.database;
    return tx.query<ParkedRow>(
      `SELECT ${VIEW} FROM parked_deliveries WHERE org_id = $1 AND state = 'waiting' AND received_at < $2
       ORDER BY id LIMIT $3 FOR UPDATE`,
      [tx.orgId, at, batch],
    );
  }

  /** Deletes what was settled before this; of one number, where it is named. */
  async forgetSettled(at: Date, connectionId: Uuid | null = null): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `DELETE FROM parked_deliveries WHERE org_id = $1 AND settled_at <= $2 AND ($3::uuid IS NULL OR connection_id = $3)`,
      [tx.orgId, at, connectionId],
    );
  }
}
