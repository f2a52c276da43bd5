import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { WebhookVerdict } from '../../domain/webhook-errors';
import { matches, valuesOf, type WebhookLogFilter } from './webhook-log-filter';

/** What is told of a delivery to whoever may see that there was one. */
export interface WebhookOutline {
  id: Uuid;
  connection_id: Uuid | null;
  webhook_source: string;
  webhook_type: string;
  external_id: string | null;
  method: string;
  signature_verified: boolean;
  verdict: WebhookVerdict | null;
  processing_status: string;
  processing_started_at: Date | null;
  processing_completed_at: Date | null;
  processing_duration_ms: number | null;
  error_message: string | null;
  retry_count: number;
  response_status: number;
  replay_count: number;
  replayed_at: Date | null;
  received_at: Date;
}

/** A delivery as it is listed. */
export interface WebhookLogRow extends WebhookOutline, Record<string, unknown> {
  replayed_by: Uuid | null;
  ip_address: string | null;
}

/** With what was delivered. */
export interface WholeWebhookLogRow extends WebhookLogRow {
  url: string;
  headers: Record<string, string>;
  payload: Record<string, unknown>;
}

const COLUMNS = `id, connection_id, webhook_source, webhook_type, external_id, method, signature_verified, verdict,
  processing_status, processing_started_at, processing_completed_at, processing_duration_ms, error_message, retry_count,
  response_status, replay_count, replayed_at, replayed_by, received_at, host(ip_address) AS ip_address`;

/** Deliveries of the organization at hand, for people to look at. */
@Injectable()
export class WebhookLogPages {
  constructor(private readonly database: Database) {}

  /** Newest first, after a position. */
  list(
    filter: WebhookLogFilter,
    limit: number,
    after: { readonly receivedAt: string; readonly id: string } | null,
  ): Promise<WebhookLogRow[]> {
    const { tx } = this.database;
    return tx.query<WebhookLogRow>(
      `SELECT ${COLUMNS} FROM webhook_logs
       WHERE org_id = $1 AND ${matches(5)}
         AND ($2::timestamptz IS NULL OR (received_at, id) < ($2, $3::uuid))
       ORDER BY received_at DESC, id DESC LIMIT $4`,
      [tx.orgId, after?.receivedAt ?? null, after?.id ?? null, limit, ...valuesOf(filter)],
    );
  }

  /** One delivery, whole. */
  find(id: Uuid): Promise<WholeWebhookLogRow | undefined> {
    const { tx } = this.database;
    return tx.one<WholeWebhookLogRow>(
      `SELECT ${COLUMNS}, url, headers, payload FROM webhook_logs WHERE org_id = $1 AND id = $2`,
      [tx.orgId, id],
    );
  }
}
