import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { RememberedSender } from '../../domain/shared-routing';

/** What is remembered of a sender, with where they are reached. */
export interface SharedSender extends RememberedSender, Record<string, unknown> {
  readonly id: Uuid;
  readonly connectionId: Uuid;
  readonly address: string;
  /** The number of ours that they wrote to when they were asked. */
  readonly businessAddress: string | null;
}

const VIEW = `id, connection_id AS "connectionId", address, options, times_asked AS "timesAsked", asked_at AS "askedAt",
  sent_at AS "sentAt", answer_until AS "answerUntil", chosen_org_id AS "chosenOrgId",
  business_address AS "businessAddress"`;

/** People of whom several organizations are possible. Rows of the organization that owns the numbers. */
@Injectable()
export class SharedSenders {
  constructor(private readonly database: Database) {}

  /** The sender, made where there is none, locked: their messages are routed one after the other. */
  async lock(connectionId: Uuid, address: string): Promise<SharedSender> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO shared_senders (org_id, id, connection_id, address) VALUES ($1, $2, $3, $4)
       ON CONFLICT (org_id, address, connection_id) DO NOTHING`,
      [tx.orgId, newId(), connectionId, address],
    );
    const row = await this.lockKnown(connectionId, address);
    if (!row) throw new Error('a sender was forgotten while their message was routed');
    return row;
  }

  /** The sender, locked, if anything is remembered of them. */
  lockKnown(connectionId: Uuid, address: string): Promise<SharedSender | undefined> {
    const { tx } = this.database;
    return tx.one<SharedSender>(
      `SELECT ${VIEW} FROM shared_senders WHERE org_id = $1 AND connection_id = $2 AND address = $3 FOR UPDATE`,
      [tx.orgId, connectionId, address],
    );
  }

  /** By id, locked; undefined when they were forgotten. */
  find(id: Uuid): Promise<SharedSender | undefined> {
    const { tx } = this.database;
    return tx.one<SharedSender>(
      `SELECT ${VIEW} FROM shared_senders WHERE org_id = $1 AND id = $2 FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  async isKnown(id: string): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one('SELECT id FROM shared_senders WHERE org_id = $1 AND id = $2', [tx.orgId, id]);
    return row !== undefined;
  }

  /** They are to be asked, once more. */
  async ask(
    id: Uuid,
    question: {
      readonly options: readonly Uuid[];
      readonly timesAsked: number;
      readonly at: Date;
      readonly until: Date;
      readonly businessAddress: string;
    },
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE shared_senders SET options = $3, times_asked = $4, asked_at = $5, sent_at = NULL, answer_until = $6,
         business_address = $7
       WHERE org_id = $1 AND id = $2`,
      [
        ...[tx.orgId, id, question.options, question.timesAsked, question.at, question.until],
        question.businessAddress,
      ],
    );
  }

  /** The question goes out; null: it certainly did not. */
  async noteSent(id: Uuid, at: Date | null): Promise<void> {
    const { tx } = this.database;
    await tx.query('UPDATE shared_senders SET sent_at = $3 WHERE org_id = $1 AND id = $2', [
      tx.orgId,
      id,
      at,
    ]);
  }

  /** No answer is waited for any more. */
  async giveUp(id: Uuid): Promise<void> {
    const { tx } = this.database;
    await tx.query('UPDATE shared_senders SET answer_until = NULL WHERE org_id = $1 AND id = $2', [
      tx.orgId,
      id,
    ]);
  }

  /** What was chosen, by them or for them, is remembered. */
  async choose(connectionId: Uuid, address: string, chosen: Uuid, at: Date): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO shared_senders (org_id, id, connection_id, address, chosen_org_id, chosen_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (org_id, address, connection_id) DO UPDATE SET chosen_org_id = EXCLUDED.chosen_org_id,
         chosen_at = EXCLUDED.chosen_at, times_asked = 0, answer_until = NULL`,
      [tx.orgId, newId(), connectionId, address, chosen, at],
    );
  }

  /** Forgets a batch of those of whom nothing was heard since. Tells how many. */
  forgetIdle(since: Date, batch: number): Promise<number> {
    const { tx } = this.database;
    return tx.execute(
      `DELETE FROM shared_senders WHERE org_id = $1 AND id IN (
         SELECT id FROM shared_senders WHERE org_id = $1 AND updated_at < $2 ORDER BY id LIMIT $3)`,
      [tx.orgId, since, batch],
    );
  }
}
