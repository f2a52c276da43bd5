import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { Channel } from '../../../channels';
import type { OutgoingMessage } from '../../domain/message';

/** A code that is to be sent; its id is that of the message. */
export interface NewVerification {
  readonly id: Uuid;
  readonly mappingId: Uuid;
  readonly phone: string;
  readonly channel: Channel;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** How many codes were sent since. */
export interface SentCodes extends Record<string, unknown> {
  readonly mapping: number;
  readonly number: number;
  readonly organization: number;
}

/** One-time codes that were asked for, and how often somebody tried to confirm them. */
@Injectable()
export class PhoneVerifications {
  constructor(private readonly database: Database) {}

  /** How many were sent, counted one request after the other within the organization; the mapping is locked. */
  async sent(of: Pick<NewVerification, 'mappingId' | 'phone'>, hour: Date, day: Date): Promise<SentCodes> {
    const { tx } = this.database;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('phone-verifications:' || $1::text, 0))`, [
      tx.orgId,
    ]);
    const row = await tx.one<SentCodes>(
      `SELECT (SELECT count(*)::int FROM phone_verifications WHERE org_id = $1 AND phone = $3 AND mapping_id = $2
           AND created_at > $4) AS mapping,
         (SELECT count(*)::int FROM phone_verifications WHERE org_id = $1 AND phone = $3 AND created_at > $5) AS number,
         (SELECT count(*)::int FROM phone_verifications WHERE org_id = $1 AND created_at > $4) AS organization`,
      [tx.orgId, of.mappingId, of.phone, hour, day],
    );
    return row ?? { mapping: 0, number: 0, organization: 0 };
  }

  /** Takes the place of whatever code of the mapping is open. What is older than `forget` counts for nothing any more, and goes. */
  async open(verification: NewVerification, forget: Date): Promise<void> {
    const { tx } = this.database;
    const { id, mappingId, phone, channel, at, expiresAt } = verification;
    await tx.query('DELETE FROM phone_verifications WHERE org_id = $1 AND created_at < $2', [
      tx.orgId,
      forget,
    ]);
    await tx.query(
      `UPDATE phone_verifications SET status = 'void' WHERE org_id = $1 AND mapping_id = $2 AND status = 'open'`,
      [tx.orgId, mappingId],
    );
    await tx.query(
      `INSERT INTO phone_verifications (org_id, id, mapping_id, phone, channel, expires_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.orgId, id, mappingId, phone, channel, expiresAt, at],
    );
  }

  /** Counts an attempt on the open code of a mapping, before it is known whether it is right. */
  async attempt(
    mappingId: Uuid,
    now: Date,
    most: number,
  ): Promise<{ readonly id: Uuid; readonly attempts: number } | undefined> {
    const { tx } = this.database;
    const [row] = await tx.query<{ id: Uuid; attempts: number }>(
      `UPDATE phone_verifications SET attempts = attempts + 1
       WHERE org_id = $1 AND mapping_id = $2 AND status = 'open' AND expires_at > $3 AND attempts < $4 RETURNING id, attempts`,
      [tx.orgId, mappingId, now, most],
    );
    return row;
  }

  async confirm(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query(`UPDATE phone_verifications SET status = 'confirmed' WHERE org_id = $1 AND id = $2`, [
      tx.orgId,
      id,
    ]);
  }

  /** Those of the messages that say a code which can still be confirmed; that stays so until the transaction ends. */
  async stillOpen(messages: readonly OutgoingMessage[], now: Date): Promise<ReadonlySet<Uuid>> {
    const ids = messages.filter(({ isCode }) => isCode).map(({ id }) => id);
    if (ids.length === 0) return new Set();
    const { tx } = this.database;
    const rows = await tx.query<{ id: Uuid }>(
      `SELECT id FROM phone_verifications WHERE org_id = $1 AND id = ANY ($2::uuid[]) AND status = 'open' AND expires_at > $3
       ORDER BY id FOR SHARE`,
      [tx.orgId, ids, now],
    );
    return new Set(rows.map(({ id }) => id));
  }
}
