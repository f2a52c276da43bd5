import type { Uuid } from '../../../../common/context';
import type { WebhookLogRow, WebhookOutline } from '../../db/webhook-record/webhook-log-pages.repository';
import type { WebhookVerdict } from '../../domain/webhook-errors';
import { webhookOutcome, type WebhookOutcome } from '../../domain/webhook-outcome';

/** What is told of a delivery to whoever may see that there was one. */
export interface WebhookOutlineView {
  readonly id: Uuid;
  readonly connectionId: Uuid | null;
  readonly source: string;
  readonly type: string;
  readonly externalId: string | null;
  readonly method: string;
  readonly signatureVerified: boolean;
  readonly verdict: WebhookVerdict | null;
  readonly outcome: WebhookOutcome;
  readonly status: string;
  readonly responseStatus: number;
  readonly error: string | null;
  readonly retryCount: number;
  readonly receivedAt: Date;
  readonly processingStartedAt: Date | null;
  readonly processingCompletedAt: Date | null;
  readonly processingDurationMs: number | null;
  readonly replayCount: number;
  readonly replayedAt: Date | null;
}

/** A delivery as its organization lists it. */
export interface WebhookLogView extends WebhookOutlineView {
  readonly replayedBy: Uuid | null;
  readonly ipAddress: string | null;
}

export function outlineOf(row: WebhookOutline): WebhookOutlineView {
  const [status, error, responseStatus] = [row.processing_status, row.error_message, row.response_status];
  return {
    id: row.id,
    connectionId: row.connection_id,
    source: row.webhook_source,
    type: row.webhook_type,
    externalId: row.external_id,
    method: row.method,
    signatureVerified: row.signature_verified,
    verdict: row.verdict,
    outcome: webhookOutcome({ status, error, responseStatus }),
    status,
    responseStatus,
    error,
    retryCount: row.retry_count,
    receivedAt: row.received_at,
    processingStartedAt: row.processing_started_at,
    processingCompletedAt: row.processing_completed_at,
    processingDurationMs: row.processing_duration_ms,
    replayCount: row.replay_count,
    replayedAt: row.replayed_at,
  };
}

export function webhookLogView(row: WebhookLogRow): WebhookLogView {
  return { ...outlineOf(row), replayedBy: row.replayed_by, ipAddress: row.ip_address };
}
