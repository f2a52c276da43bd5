import type { WebhookVerdict } from '../../domain/webhook-errors';
import { WEBHOOK_SOURCES } from '../../domain/webhook-source';

/** Which deliveries are meant; what is left out does not matter. */
export interface WebhookLogFilter {
  readonly source?: string | undefined;
  readonly type?: string | undefined;
  /** The provider's id, exactly. */
  readonly externalId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly status?: string | undefined;
  readonly verified?: boolean | undefined;
  readonly verdict?: WebhookVerdict | undefined;
  readonly responseStatus?: number | undefined;
  readonly replayed?: boolean | undefined;
  /** Received at this time or later. */
  readonly from?: Date | undefined;
  /** Received before this time. */
  readonly to?: Date | undefined;
}

/**
 * A filter as SQL, its values from parameter `$first` on. Statements have no names, so that each is planned for its own values
 * and what is not asked for is not there. What follows from a filter is said for the sake of an index: a type is of one of the
 * sources, and what was refused is not verified.
 */
export function matches(first: number): string {
  const at = (place: number): string => `$${first + place}`;
  return `(${at(0)}::text IS NULL OR webhook_source = ${at(0)})
         AND (${at(1)}::text[] IS NULL OR webhook_source = ANY (${at(1)}))
         AND (${at(2)}::text IS NULL OR webhook_type = ${at(2)})
         AND (${at(3)}::text IS NULL OR external_id = ${at(3)})
         AND (${at(4)}::uuid IS NULL OR connection_id = ${at(4)})
         AND (${at(5)}::text IS NULL OR processing_status = ${at(5)})
         AND (${at(6)}::boolean IS NULL OR CASE WHEN ${at(6)} THEN signature_verified ELSE NOT signature_verified END)
         AND (${at(7)}::text IS NULL OR (verdict = ${at(7)} AND NOT signature_verified))
         AND (${at(8)}::int IS NULL OR response_status = ${at(8)})
         AND (${at(8)}::int IS NULL OR ${at(8)} < 400 OR NOT signature_verified)
         AND (${at(9)}::boolean IS NULL OR CASE WHEN ${at(9)} THEN replay_count > 0 ELSE replay_count = 0 END)
         AND received_at >= COALESCE(${at(10)}::timestamptz, '-infinity')
         AND received_at < COALESCE(${at(11)}::timestamptz, 'infinity')`;
}

/** The values of {@link matches}, in their order. */
export function valuesOf(filter: WebhookLogFilter): unknown[] {
  const { source, type, externalId, connectionId, status, verified, verdict } = filter;
  const { responseStatus, replayed, from, to } = filter;
  const sources = type !== undefined && source === undefined ? WEBHOOK_SOURCES : undefined;
  const values = [source, sources, type, externalId, connectionId, status, verified, verdict];
  return [...values, responseStatus, replayed, from, to].map((value) => value ?? null);
}
