import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import type { LogPeriod } from '../../domain/log-period';
import type { WebhookLogFilter } from './webhook-log-filter';
import type { WebhookOutline } from './webhook-log-pages.repository';

/** A delivery as the operator sees it: whose it is, and nothing of anybody. */
export interface PlatformWebhookRow extends WebhookOutline, Record<string, unknown> {
  /** Null while it is not known. */
  org_id: Uuid | null;
  /** The number of the business, but for its ends. */
  number: string | null;
}

/** Which of them. */
export type PlatformWebhookFilter = Omit<WebhookLogFilter, 'from' | 'to'> & {
  readonly organizationId?: string | undefined;
};

/** Deliveries of all organizations, masked by the function that reads them. */
@Injectable()
export class PlatformWebhookLogs {
  constructor(private readonly database: Database) {}

  /** Newest first, after a position; needs no organization at hand. */
  list(
    filter: PlatformWebhookFilter,
    { from, to }: LogPeriod,
    after: readonly [receivedAt: string, id: string] | null,
    limit: number,
  ): Promise<PlatformWebhookRow[]> {
    const { organizationId, source, type, externalId, connectionId, status, verified } = filter;
    const { verdict, responseStatus, replayed } = filter;
    const filters = [organizationId, source, type, externalId, connectionId, status, verified, verdict];
    return this.database.platform<PlatformWebhookRow>(
      `SELECT id, org_id, connection_id, number, webhook_source, webhook_type, external_id, method, signature_verified, verdict,
         processing_status, processing_started_at, processing_completed_at, processing_duration_ms, error_message, retry_count,
         response_status, replay_count, replayed_at, received_at
       FROM list_platform_webhook_logs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [...filters, responseStatus, replayed, from, to, after?.[0], after?.[1], limit].map(
        (value) => value ?? null,
      ),
    );
  }
}
