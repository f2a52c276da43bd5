import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import {
  WebhookLogPages,
  type WebhookLogFilter,
  type WebhookLogRow,
} from '../db/webhook-log-pages.repository';
import { WebhookLogGone } from '../domain/webhook-errors';

/** A delivery as it is listed. */
export interface WebhookLogView {
  readonly id: Uuid;
  readonly source: string;
  readonly type: string;
  readonly externalId: string | null;
  readonly method: string;
  readonly signatureVerified: boolean;
  readonly status: string;
  readonly responseStatus: number;
  readonly error: string | null;
  readonly retryCount: number;
  readonly receivedAt: Date;
  readonly processingStartedAt: Date | null;
  readonly processingCompletedAt: Date | null;
  readonly processingDurationMs: number | null;
  readonly ipAddress: string | null;
}

/** With what was delivered. */
export interface WholeWebhookLogView extends WebhookLogView {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface WebhookLogQuery extends WebhookLogFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What was delivered to the organization at hand. */
@Injectable()
export class ReadWebhookLogs {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly logs: WebhookLogPages,
  ) {}

  /** One page, newest first. */
  async page({ limit, cursor, ...filter }: WebhookLogQuery): Promise<Page<WebhookLogView>> {
    const { orgId } = this.database.tx;
    const bound = ['webhook-logs', filter];
    const [receivedAt, id] = cursor === undefined ? [] : this.cursors.read(orgId, bound, cursor);
    const after = receivedAt && id ? { receivedAt, id } : null;
    const rows = await this.logs.list(filter, limit + 1, after);
    return this.cursors.page({
      orgId,
      filter: bound,
      rows,
      limit,
      position: (row) => [row.received_at.toISOString(), row.id],
      item: viewOf,
    });
  }

  /** One delivery, whole. Throws {@link WebhookLogGone}. */
  async byId(id: Uuid): Promise<WholeWebhookLogView> {
    const row = await this.logs.find(id);
    if (!row) throw new WebhookLogGone();
    return { ...viewOf(row), url: row.url, headers: row.headers, payload: row.payload };
  }
}

function viewOf(row: WebhookLogRow): WebhookLogView {
  return {
    id: row.id,
    source: row.webhook_source,
    type: row.webhook_type,
    externalId: row.external_id,
    method: row.method,
    signatureVerified: row.signature_verified,
    status: row.processing_status,
    responseStatus: row.response_status,
    error: row.error_message,
    retryCount: row.retry_count,
    receivedAt: row.received_at,
    processingStartedAt: row.processing_started_at,
    processingCompletedAt: row.processing_completed_at,
    processingDurationMs: row.processing_duration_ms,
    ipAddress: row.ip_address,
  };
}
