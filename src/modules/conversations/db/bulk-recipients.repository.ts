import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { Position } from '../../../common/http';
import type { RecipientOutcome } from '../domain/bulk-figures';
import type { SkipReason } from '../domain/bulk-send';

/** What became of one contact. */
export interface NewRecipient {
  readonly id: Uuid;
  readonly contactId: Uuid;
  readonly address: string | null;
  readonly messageId: Uuid | null;
  readonly skippedBecause: SkipReason | null;
}

/** The same as it is shown. */
export interface RecipientView extends Record<string, unknown> {
  readonly id: Uuid;
  readonly contactId: Uuid;
  readonly outcome: RecipientOutcome;
  readonly skippedBecause: SkipReason | null;
  readonly messageId: Uuid | null;
  readonly errorCode: string | null;
  readonly createdAt: Date;
}

/** What is told of a message's status; `forgotten` where the message is not kept any more. */
const OUTCOME = `CASE WHEN r.skipped_because IS NOT NULL THEN 'skipped' ELSE CASE m.status
    WHEN 'unknown' THEN 'sending' WHEN 'read' THEN 'delivered' WHEN 'undelivered' THEN 'failed'
    ELSE COALESCE(m.status::text, 'forgotten') END END`;

/** Whom bulk sends looked at. */
@Injectable()
export class BulkRecipients {
  constructor(private readonly database: Database) {}

  /** Throws a unique violation where somebody, or an address, is there already. */
  async insert(bulkSendId: Uuid, recipients: readonly NewRecipient[]): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `INSERT INTO bulk_send_recipients (org_id, id, bulk_send_id, contact_id, address, message_id, skipped_because)
       SELECT $1, r.id, $2, r."contactId", r.address, r."messageId", r."skippedBecause"
       FROM json_to_recordset($3::json) AS r(id uuid, "contactId" uuid, address text, "messageId" uuid, "skippedBecause" text)`,
      [tx.orgId, bulkSendId, JSON.stringify(recipients)],
    );
  }

  /** Those of the addresses to which a bulk send has a message already. */
  async taken(bulkSendId: Uuid, addresses: readonly string[]): Promise<Set<string>> {
    const { tx } = this.database;
    const rows = await tx.query<{ address: string }>(
      'SELECT address FROM bulk_send_recipients WHERE org_id = $1 AND bulk_send_id = $2 AND address = ANY ($3::text[])',
      [tx.orgId, bulkSendId, addresses],
    );
    return new Set(rows.map(({ address }) => address));
  }

  /** In the order in which they were looked at, after that position. */
  list(
    bulkSendId: Uuid,
    outcome: RecipientOutcome | undefined,
    after: Position | null,
    limit: number,
  ): Promise<RecipientView[]> {
    const { tx } = this.database;
    return tx.query<RecipientView>(
      `SELECT r.id, r.contact_id AS "contactId", ${OUTCOME} AS outcome, r.skipped_because AS "skippedBecause",
         r.message_id AS "messageId", m.error_code AS "errorCode", r.created_at AS "createdAt"
       FROM bulk_send_recipients r LEFT JOIN messages m ON m.org_id = r.org_id AND m.id = r.message_id
       WHERE r.org_id = $1 AND r.bulk_send_id = $2 AND ($3::uuid IS NULL OR r.id > $3)
         AND ($4::text IS NULL OR ${OUTCOME} = $4)
       ORDER BY r.id LIMIT $5`,
      [tx.orgId, bulkSendId, after?.[1] ?? null, outcome ?? null, limit],
    );
  }
}
