import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';

/** A delivery as it is listed. */
export interface WebhookLogRow extends Record<string, unknown> {
  id: Uuid;
  webhook_source: string;
  webhook_type: string;
  external_id: string | null;
  method: string;
  signature_verified: boolean;
  processing_status: string;
  processing_started_at: Date | null;
  processing_completed_at: Date | null;
  processing_duration_ms: number | null;
  error_message: string | null;
  retry_count: number;
  response_status: number;
  received_at: Date;
  ip_address: string | null;
}

/** With what was delivered. */
export interface WholeWebhookLogRow extends WebhookLogRow {
  url: string;
  headers: Record<string, string>;
  payload: Record<string, unknown>;
}

/** Which deliveries to list. */
export interface WebhookLogFilter {
  readonly status?: string | undefined;
  readonly type?: string | undefined;
  readonly verified?: boolean | undefined;
  /** Received at this time or later. */
  readonly from?: Date | undefined;
  /** Received before this time. */
  readonly to?: Date | undefined;
}

const COLUMNS = `id, webhook_source, webhook_type, external_id, method, signature_verified, processing_status,
  processing_started_at, processing_completed_at, processing_duration_ms, error_message, retry_count, response_status,
  received_at, host(ip_address) AS ip_address`;

/** Deliveries of the organization at hand, for people to look at. */
@Injectable()
export class WebhookLogPages {
  constructor(private readonly database: Database) {}

  /** Newest first, after a position. */
  list(
    { status, type, verified, from, to }: WebhookLogFilter,
    limit: number,
    after: { readonly receivedAt: string; readonly id: string } | null,
  ): Promise<WebhookLogRow[]> {
    const { tx } = this.database;
    return tx.query<WebhookLogRow>(
      `SELECT ${COLUMNS} FROM webhook_logs
       WHERE org_id = $1
         AND ($2::text IS NULL OR processing_status = $2)
         AND ($3::text IS NULL OR webhook_type = $3)
         AND ($4::boolean IS NULL OR signature_verified = $4)
         AND received_at >= COALESCE($5::timestamptz, '-infinity')
         AND received_at < COALESCE($6::timestamptz, 'infinity')
         AND ($7::timestamptz IS NULL OR (received_at, id) < ($7, $8::uuid))
       ORDER BY received_at DESC, id DESC LIMIT $9`,
      [
        tx.orgId,
        status ?? null,
        type ?? null,
        verified ?? null,
        from ?? null,
        to ?? null,
        after?.receivedAt ?? null,
        after?.id ?? null,
        limit,
      ],
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
