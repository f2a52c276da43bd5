import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { exportPage, type ExportPage, type ExportRow, type InOrg } from '../../contacts';
import type { WebhookRef } from '../domain/webhook-events';
import { webhookType } from '../domain/webhook-source';
import {
  beforeClocks,
  KEPT_OF_DELIVERIES as KEPT,
  NIL,
  spellings,
  WINDOW,
  type Window,
} from './logged-people';

/** Marks a delivery that the person was taken out of. No provider's field is called so. */
export const FORGOTTEN = '$forgotten';

/** Whether the person was taken out of a delivery. */
export function isForgotten(payload: Readonly<Record<string, unknown>>): boolean {
  return FORGOTTEN in payload;
}

/** True of a delivery that has one of the addresses as the value of a field, as the provider writes it. */
const SPEAKS_OF = (addresses: string): string => `EXISTS (
  SELECT FROM jsonb_each_text(w.payload) field
  WHERE field.value = ANY (${addresses}) AND NOT w.payload ? '${FORGOTTEN}')`;

/**
 * True of a delivery that nothing needs whole any more. A message that is still to be worked off is left, one whose attempts
 * failed so far as well: it becomes the message of somebody new, who wrote after all, and an opt-out in it comes into force.
 * Of a status report all that matters is kept anyway. Only what was worked off for good is completed; what was never
 * accepted is not verified and has no event.
 */
const OVER = `(w.webhook_type IN ('${webhookType('status')}', '${webhookType('call_status')}') OR w.processing_status = 'processed'
  OR w.processing_completed_at IS NOT NULL OR (NOT w.signature_verified AND w.event_row_id IS NULL))`;

/** Leaves of a delivery those fields that tell nothing of who. */
const STRIPPED = (kept: string): string => `headers = '{}', signature = NULL,
  payload = '{"${FORGOTTEN}": "true"}' || COALESCE((
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(w.payload) WHERE key = ANY (${kept})), '{}')`;

const BEGINNING: Window = { received_at: '-infinity', id: NIL };
/** Deliveries after one window's end, up to the next one's: $1 to $4. */
const BETWEEN = `(w.received_at, w.id) > ($1::timestamptz, $2::uuid) AND (w.received_at, w.id) <= ($3::timestamptz, $4::uuid)`;

/**
 * Logged deliveries from or to somebody. They are found by looking through the organization's log: it is kept for weeks, by
 * no address, and an index would cost every delivery something for the sake of a few erasures.
 */
@Injectable()
export class PersonalDeliveries {
  constructor(private readonly database: Database) {}

  /** Oldest first, after a position, out of one window of the log. */
  async page(addresses: readonly string[], position: string | null, limit: number): Promise<ExportPage> {
    const from = position === null ? BEGINNING : windowAt(position);
    const until = await this.windowAfter(from);
    const rows = await this.database.tx.query<ExportRow>(
      `SELECT to_char(w.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || w.id AS position, w.id,
         w.webhook_source, w.webhook_type, w.external_id, w.method, w.url, w.headers, w.payload, w.signature_verified,
         w.processing_status, w.received_at
       FROM webhook_logs w WHERE ${BETWEEN} AND ${SPEAKS_OF('$5::text[]')}
       ORDER BY w.received_at, w.id LIMIT $6`,
      [...bounds(from, until), spellings(addresses), limit],
    );
    if (rows.length === limit) return exportPage(rows, limit);
    return { rows, next: until ? `${until.received_at} ${until.id}` : null };
  }

  /** Takes the person out of every delivery that is over, window by window of the log. */
  async forgetAll(addresses: readonly string[], inOrg: InOrg): Promise<void> {
    let from = BEGINNING;
    for (;;) {
      const after = from;
      const until = await inOrg(() => this.windowAfter(after));
      await inOrg(() => this.forgetBetween(addresses, after, until));
      if (!until) return;
      from = until;
    }
  }

  /** The same for what was received since, in the transaction at hand. */
  async forget(addresses: readonly string[], since: Date): Promise<void> {
    await this.forgetBetween(addresses, beforeClocks(since), undefined);
  }

  /** Takes out of one delivery whoever it speaks of. */
  async forgetOne({ webhookLogId, receivedAt }: WebhookRef): Promise<void> {
    await this.database.tx.query(
      `UPDATE webhook_logs w SET ${STRIPPED('$3::text[]')} WHERE w.id = $1 AND w.received_at = $2`,
      [webhookLogId, receivedAt, KEPT],
    );
  }

  private windowAfter({ received_at, id }: Window): Promise<Window | undefined> {
    return this.database.tx.one<Window>(
      `SELECT to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received_at, id FROM webhook_logs
       WHERE (received_at, id) > ($1::timestamptz, $2::uuid) ORDER BY received_at, id OFFSET ${WINDOW - 1} LIMIT 1`,
      [received_at, id],
    );
  }

  private async forgetBetween(
    addresses: readonly string[],
    from: Window,
    until: Window | undefined,
  ): Promise<void> {
    await this.database.tx.query(
      `UPDATE webhook_logs w SET ${STRIPPED('$5::text[]')}
       WHERE ${BETWEEN} AND ${OVER} AND ${SPEAKS_OF('$6::text[]')}`,
      [...bounds(from, until), KEPT, spellings(addresses)],
    );
  }
}

/** The position that a row or a window ends at. */
function windowAt(position: string): Window {
  const [received_at = '-infinity', id = NIL] = position.split(' ');
  return { received_at, id };
}

/** For {@link BETWEEN}. */
function bounds(from: Window, until: Window | undefined): string[] {
  return [
    ...[from.received_at, from.id, until?.received_at ?? 'infinity'],
    until?.id ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ];
}
