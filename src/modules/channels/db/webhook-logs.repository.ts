import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import type { WebhookPayload } from '../domain/provider';
import type { WebhookRef } from '../domain/webhook-events';

/** A logged delivery, as far as it is processed. */
export interface LoggedDeliveryRow extends Record<string, unknown> {
  webhook_source: string;
  webhook_type: string;
  url: string;
  payload: WebhookPayload;
  received_at: Date;
  /** What there is against its signature; null when that fits. */
  verdict: string | null;
}

/** How a delivery ended. */
export interface DeliveryEnd {
  readonly status: 'processed' | 'failed';
  /** Why it failed, or why nothing was done about it. */
  readonly reason: string | null;
}

/** Deliveries of the organization at hand. */
@Injectable()
export class WebhookLogsRepository {
  constructor(private readonly database: Database) {}

  /** Undefined when it has expired. */
  find({ webhookLogId, receivedAt }: WebhookRef): Promise<LoggedDeliveryRow | undefined> {
    const { tx } = this.database;
    return tx.one<LoggedDeliveryRow>(
      `SELECT webhook_source, webhook_type, url, payload, received_at, verdict FROM webhook_logs
       WHERE org_id = $1 AND id = $2 AND received_at = $3`,
      [tx.orgId, webhookLogId, receivedAt],
    );
  }

  /** The deliveries that were taken in of the call that one is about, itself included, oldest first. */
  sameCall(
    { webhookLogId, receivedAt }: WebhookRef,
    types: readonly string[],
  ): Promise<(LoggedDeliveryRow & { id: Uuid })[]> {
    const { tx } = this.database;
    return tx.query<LoggedDeliveryRow & { id: Uuid }>(
      `SELECT w.id, w.webhook_source, w.webhook_type, w.url, w.payload, w.received_at
       FROM webhook_logs this JOIN webhook_logs w ON w.org_id = this.org_id AND w.external_id = this.external_id
         AND w.webhook_source = this.webhook_source
       WHERE this.org_id = $1 AND this.id = $2 AND this.received_at = $3 AND w.webhook_type = ANY ($4::text[])
         AND w.received_at BETWEEN $3::timestamptz - interval '2 days' AND $3::timestamptz + interval '2 days'
         AND w.event_row_id IS NOT NULL
       ORDER BY w.received_at, w.id`,
      [tx.orgId, webhookLogId, receivedAt, types],
    );
  }

  /** Notes that a delivery and its event were worked off, or why they never will be; in one statement. */
  async finish(
    ref: WebhookRef,
    eventRowId: Uuid,
    startedAt: Date,
    { status, reason }: DeliveryEnd,
  ): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `WITH event AS (
         UPDATE processed_webhook_events SET status = $7::text, processed_at = clock_timestamp(),
           error_message = CASE WHEN $7::text = 'failed' THEN $5::text END
         WHERE org_id = $1 AND id = $6
       )
       UPDATE webhook_logs SET processing_status = $7::text,
         processing_started_at = $4, processing_completed_at = clock_timestamp(),
         processing_duration_ms = GREATEST(0, extract(epoch FROM clock_timestamp() - $4::timestamptz) * 1000)::int,
         error_message = $5::text
       WHERE org_id = $1 AND id = $2 AND received_at = $3`,
      [tx.orgId, ref.webhookLogId, ref.receivedAt, startedAt, reason, eventRowId, status],
    );
  }

  /**
   * Notes an attempt that failed; another one may follow. One beside it may have worked the delivery off meanwhile, as when both
   * wait for the same row: then that holds.
   */
  async noteFailure(ref: WebhookRef, startedAt: Date, reason: string): Promise<void> {
    const { tx } = this.database;
    await tx.query(
      `UPDATE webhook_logs SET processing_status = 'failed', processing_started_at = $4, error_message = $5,
         retry_count = retry_count + 1
       WHERE org_id = $1 AND id = $2 AND received_at = $3 AND processing_status <> 'processed'`,
      [tx.orgId, ref.webhookLogId, ref.receivedAt, startedAt, reason],
    );
  }

  /** Those of these events that were taken in, whatever became of them. */
  async knownEvents(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { tx } = this.database;
    const rows = await tx.query<{ event_id: string }>(
      'SELECT event_id FROM processed_webhook_events WHERE org_id = $1 AND event_id = ANY ($2::text[])',
      [tx.orgId, eventIds],
    );
    return new Set(rows.map((row) => row.event_id));
  }

  /** The event's row, locked; undefined when it was worked off already. */
  async lockEvent(eventRowId: Uuid): Promise<boolean> {
    const { tx } = this.database;
    const row = await tx.one<{ status: string }>(
      'SELECT status FROM processed_webhook_events WHERE org_id = $1 AND id = $2 FOR UPDATE',
      [tx.orgId, eventRowId],
    );
    return row !== undefined && row.status !== 'processed';
  }
}
