import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { JobRegistry } from '../../../../common/jobs';
import { DUPLICATE } from '../../domain/webhook-outcome';
import { FORGOTTEN } from '../personal-deliveries';
import { PROCESS_WEBHOOK } from '../webhook-intake.repository';
import { matches, valuesOf, type WebhookLogFilter } from './webhook-log-filter';

/** A delivery, as far as it matters whether it can be replayed. */
export interface ReplayableRow extends Record<string, unknown> {
  id: Uuid;
  /** As the database writes it: to the microsecond. */
  at: string;
  external_id: string | null;
  connection_id: Uuid | null;
  event_row_id: Uuid | null;
  signature_verified: boolean;
  is_duplicate: boolean;
  is_erased: boolean;
}

/** Where a range goes on. */
export type ReplayPosition = readonly [at: string, id: string];

/** After what comes in now. */
const PRIORITY = 10;

const COLUMNS = `id, received_at::text AS at, external_id, connection_id, event_row_id, signature_verified,
  error_message IS NOT DISTINCT FROM '${DUPLICATE}' AS is_duplicate, payload ? '${FORGOTTEN}' AS is_erased`;

/** Logged deliveries of the organization at hand that are worked off again. */
@Injectable()
export class WebhookReplays {
  constructor(
    private readonly database: Database,
    private readonly registry: JobRegistry,
  ) {}

  /** One delivery, locked: of two who replay it at once one comes after the other. */
  lock(id: Uuid): Promise<ReplayableRow | undefined> {
    const { tx } = this.database;
    return tx.one<ReplayableRow>(
      `SELECT ${COLUMNS} FROM webhook_logs WHERE org_id = $1 AND id = $2 FOR UPDATE`,
      [tx.orgId, id],
    );
  }

  /** Deliveries in the order in which they came, after a position; locked. */
  lockRange(filter: WebhookLogFilter, after: ReplayPosition | null, limit: number): Promise<ReplayableRow[]> {
    const { tx } = this.database;
    return tx.query<ReplayableRow>(
      `SELECT ${COLUMNS} FROM webhook_logs
       WHERE org_id = $1 AND ${matches(5)} AND ($2::timestamptz IS NULL OR (received_at, id) > ($2, $3::uuid))
       ORDER BY received_at, id LIMIT $4 FOR UPDATE`,
      [tx.orgId, after?.[0] ?? null, after?.[1] ?? null, limit, ...valuesOf(filter)],
    );
  }

  /** The deliveries that these duplicates repeat, as far as they are still kept. */
  originalsOf(duplicates: readonly ReplayableRow[]): Promise<ReplayableRow[]> {
    const { tx } = this.database;
    return tx.query<ReplayableRow>(
      `SELECT ${COLUMNS} FROM webhook_logs
       WHERE org_id = $1 AND external_id = ANY ($2) AND event_row_id = ANY ($3) AND error_message IS DISTINCT FROM '${DUPLICATE}'`,
      [tx.orgId, duplicates.map((row) => row.external_id), duplicates.map((row) => row.event_row_id)],
    );
  }

  /**
   * Queues the work again, in the order given. Without a key: a job that runs already must not lose its attempts; that the work
   * is done once is what its event is locked for.
   */
  async queue(rows: readonly ReplayableRow[]): Promise<void> {
    const { tx } = this.database;
    const { maxAttempts } = this.registry.get(PROCESS_WEBHOOK).options;
    await tx.query('SELECT revive_webhook_jobs($1)', [rows.map(({ id }) => id)]);
    await tx.query(
      `SELECT enqueue_job('${PROCESS_WEBHOOK}', json_build_object('orgId', $1::uuid, 'requestId', $2::uuid,
         'connectionId', connection_id, 'webhookLogId', id, 'receivedAt', received_at, 'eventId', event_row_id),
         NULL, NULL, $3, NULL, ${PRIORITY})
       FROM unnest($4::uuid[], $5::timestamptz[], $6::uuid[], $7::uuid[])
         WITH ORDINALITY AS rows (id, received_at, connection_id, event_row_id, place) ORDER BY place`,
      [
        tx.orgId,
        tx.scope.requestId,
        maxAttempts,
        rows.map(({ id }) => id),
        rows.map(({ at }) => at),
        rows.map((row) => row.connection_id),
        rows.map((row) => row.event_row_id),
      ],
    );
  }

  /** Notes on deliveries that they were replayed, by whom. */
  async note(rows: readonly ReplayableRow[], by: Uuid | null, now: Date): Promise<void> {
    const { tx } = this.database;
    await tx.execute(
      `UPDATE webhook_logs w SET replay_count = w.replay_count + 1, replayed_at = $4, replayed_by = $5
       FROM unnest($2::uuid[], $3::timestamptz[]) AS rows (id, received_at)
       WHERE w.org_id = $1 AND w.id = rows.id AND w.received_at = rows.received_at`,
      [tx.orgId, rows.map(({ id }) => id), rows.map(({ at }) => at), now, by],
    );
  }
}
