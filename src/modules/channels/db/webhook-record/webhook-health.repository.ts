import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { DUPLICATE } from '../../domain/webhook-outcome';

/** How deliveries of one source and type fared; of all of them where both are null. */
export interface HealthRow extends Record<string, unknown> {
  source: string | null;
  type: string | null;
  total: number;
  verified: number;
  observed: number;
  waiting: number;
  processed: number;
  failed: number;
  refused: number;
  duplicates: number;
  mean_ms: number | null;
  p95_ms: number | null;
}

const FIGURES = `webhook_source AS source, webhook_type AS type, total::int, verified::int, observed::int, waiting::int,
  processed::int, failed::int, refused::int, duplicates::int, mean_ms, p95_ms`;

/** Counts the log of a period; the period is what bounds it. */
@Injectable()
export class WebhookHealthFigures {
  constructor(private readonly database: Database) {}

  /** Of the organization at hand. As `webhook_health()` counts. */
  ofOrganization(from: Date, to: Date): Promise<HealthRow[]> {
    const { tx } = this.database;
    return tx.query<HealthRow>(
      `SELECT ${FIGURES} FROM (
         SELECT webhook_source, webhook_type, count(*) AS total, count(*) FILTER (WHERE signature_verified) AS verified,
           count(*) FILTER (WHERE NOT signature_verified AND response_status < 400) AS observed,
           count(*) FILTER (WHERE processing_status IN ('pending', 'processing')) AS waiting,
           count(*) FILTER (WHERE processing_status = 'processed' AND error_message IS DISTINCT FROM '${DUPLICATE}') AS processed,
           count(*) FILTER (WHERE processing_status = 'failed' AND response_status < 400) AS failed,
           count(*) FILTER (WHERE response_status >= 400) AS refused,
           count(*) FILTER (WHERE error_message = '${DUPLICATE}') AS duplicates,
           avg(processing_duration_ms)::float8 AS mean_ms,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY processing_duration_ms) AS p95_ms
         FROM webhook_logs WHERE org_id = $1 AND received_at >= $2 AND received_at < $3
         GROUP BY GROUPING SETS ((webhook_source, webhook_type), ())
       ) figures ORDER BY webhook_source, webhook_type`,
      [tx.orgId, from, to],
    );
  }

  /** Of one organization or of the installation, with what belongs to none. Needs no organization at hand. */
  ofPlatform(orgId: Uuid | null, from: Date, to: Date): Promise<HealthRow[]> {
    return this.database.platform<HealthRow>(`SELECT ${FIGURES} FROM webhook_health($1, $2, $3)`, [
      orgId,
      from,
      to,
    ]);
  }
}
