import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner } from './support/tenant-table';

/**
 * The log of deliveries as a record: found by what people ask it for, replayed, and read by the operator of the installation
 * without anything of anybody. And since when a connection observes: what came unverified is counted from there.
 */
export class WebhookRecord1763600000030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPLAYS);
    await runner.query(REVIVAL);
    await runner.query(OPERATORS_VIEW);
    await runner.query(OBSERVING);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION ${ENDED};
      REVOKE UPDATE (verification_mode, observe_until, observe_since) ON channel_connections FROM frontdesk_app;
      ALTER TABLE channel_connections DROP COLUMN observe_since;
      DROP FUNCTION ${HEALTH};
      DROP FUNCTION ${LIST};
      DROP FUNCTION ${REVIVE};
      ALTER TABLE webhook_logs DROP COLUMN replay_count, DROP COLUMN replayed_at, DROP COLUMN replayed_by;
      DROP INDEX idx_webhook_logs_connection, idx_webhook_logs_unverified;
    `);
  }
}

const REPLAYS = `
  ALTER TABLE webhook_logs
    ADD COLUMN replay_count int NOT NULL DEFAULT 0,
    ADD COLUMN replayed_at timestamptz,
    -- The user or the API key.
    ADD COLUMN replayed_by uuid;
  GRANT UPDATE (replay_count, replayed_at, replayed_by) ON webhook_logs TO frontdesk_app, frontdesk_service;
  CREATE INDEX idx_webhook_logs_connection ON webhook_logs (org_id, connection_id, received_at DESC);
  -- Few, unless somebody forges: these cost a true delivery nothing.
  CREATE INDEX idx_webhook_logs_unverified ON webhook_logs (org_id, received_at DESC, id DESC) WHERE NOT signature_verified;
  CREATE INDEX idx_webhook_logs_replayed ON webhook_logs (org_id, received_at DESC, id DESC) WHERE replay_count > 0;
`;

const REVIVE = 'revive_webhook_jobs(uuid[])';

const REVIVAL = `
  -- Jobs of deliveries of the organization at hand that used up their attempts: listeners get them again; what works a delivery
  -- off goes, since whoever calls this queues it anew. Returns how many there were.
  CREATE FUNCTION revive_webhook_jobs(logs uuid[]) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE workers bigint[]; listeners bigint[];
    BEGIN
      WITH dead AS MATERIALIZED (
        SELECT j.id, j.task_id FROM graphile_worker._private_jobs j
        WHERE j.attempts >= j.max_attempts AND j.locked_at IS NULL AND j.payload->>'orgId' = auth_org_id()::text
          AND j.payload->>'webhookLogId' = ANY (logs::text[])
        ORDER BY j.id FOR UPDATE
      )
      SELECT COALESCE(array_agg(d.id) FILTER (WHERE t.identifier = 'channels.process-webhook'), '{}'),
          COALESCE(array_agg(d.id) FILTER (WHERE t.identifier <> 'channels.process-webhook'), '{}')
        INTO workers, listeners
        FROM dead d JOIN graphile_worker._private_tasks t ON t.id = d.task_id;
      PERFORM graphile_worker.complete_jobs(workers);
      PERFORM graphile_worker.reschedule_jobs(listeners, now(), NULL, 0);
      RETURN cardinality(workers) + cardinality(listeners);
    END $$;
  ALTER FUNCTION ${REVIVE} OWNER TO frontdesk_owner;
  GRANT EXECUTE ON FUNCTION ${REVIVE} TO frontdesk_app, frontdesk_service;
`;

const LIST = `list_platform_webhook_logs(uuid, text, text, text, uuid, text, boolean, text, int, boolean, timestamptz, timestamptz,
  timestamptz, uuid, int)`;
const HEALTH = 'webhook_health(uuid, timestamptz, timestamptz)';

const OPERATORS_VIEW = `
  -- Deliveries of all organizations, and those of none, for the operator: no fields, no headers, no address; the provider's id,
  -- which can hold a number, and the number of the business but for their ends. Newest first, after a position. The plan is made
  -- for the filters at hand: one for all of them would fit none.
  CREATE FUNCTION list_platform_webhook_logs(org uuid, source text, type text, external text, connection uuid, status text,
      verified boolean, wanted_verdict text, response int, replayed boolean, since timestamptz, until timestamptz,
      after_at timestamptz, after_id uuid, page_size int)
    RETURNS TABLE (id uuid, org_id uuid, connection_id uuid, number text, webhook_source text, webhook_type text, external_id text,
      method text, signature_verified boolean, verdict text, processing_status text, processing_started_at timestamptz,
      processing_completed_at timestamptz, processing_duration_ms int, error_message text, retry_count int, response_status int,
      replay_count int, replayed_at timestamptz, received_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
    BEGIN
      RETURN QUERY SELECT w.id, w.org_id, w.connection_id, left(c.address, 3) || '…' || right(c.address, 2), w.webhook_source,
          w.webhook_type, '…' || right(w.external_id, 6), w.method, w.signature_verified, w.verdict::text,
          w.processing_status::text, w.processing_started_at, w.processing_completed_at, w.processing_duration_ms,
          w.error_message, w.retry_count, w.response_status, w.replay_count, w.replayed_at, w.received_at
        FROM webhook_logs w LEFT JOIN channel_connections c ON c.org_id = w.org_id AND c.id = w.connection_id
        WHERE (org IS NULL OR w.org_id = org) AND (source IS NULL OR w.webhook_source = source)
          AND (type IS NULL OR w.webhook_type = type) AND (external IS NULL OR w.external_id = external)
          AND (connection IS NULL OR w.connection_id = connection) AND (status IS NULL OR w.processing_status = status)
          AND (verified IS NULL OR w.signature_verified = verified) AND (wanted_verdict IS NULL OR w.verdict = wanted_verdict)
          AND (response IS NULL OR w.response_status = response) AND (replayed IS NULL OR (w.replay_count > 0) = replayed)
          AND w.received_at >= since AND w.received_at < until
          AND (after_at IS NULL OR (w.received_at, w.id) < (after_at, after_id))
        ORDER BY w.received_at DESC, w.id DESC LIMIT LEAST(page_size, 201);
    END $$;

  -- Figures of a period by source and type, and over all of them (both null): of one organization, or of the installation.
  CREATE FUNCTION webhook_health(org uuid, since timestamptz, until timestamptz)
    RETURNS TABLE (webhook_source text, webhook_type text, total bigint, verified bigint, observed bigint, waiting bigint,
      processed bigint, failed bigint, refused bigint, duplicates bigint, mean_ms float8, p95_ms float8)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
    BEGIN
      RETURN QUERY SELECT w.webhook_source, w.webhook_type, count(*), count(*) FILTER (WHERE w.signature_verified),
          count(*) FILTER (WHERE NOT w.signature_verified AND w.response_status < 400),
          count(*) FILTER (WHERE w.processing_status IN ('pending', 'processing')),
          count(*) FILTER (WHERE w.processing_status = 'processed' AND w.error_message IS DISTINCT FROM 'duplicate'),
          count(*) FILTER (WHERE w.processing_status = 'failed' AND w.response_status < 400),
          count(*) FILTER (WHERE w.response_status >= 400),
          count(*) FILTER (WHERE w.error_message = 'duplicate'),
          avg(w.processing_duration_ms)::float8,
          percentile_cont(0.95) WITHIN GROUP (ORDER BY w.processing_duration_ms)
        FROM webhook_logs w
        WHERE (org IS NULL OR w.org_id = org) AND w.received_at >= since AND w.received_at < until
        GROUP BY GROUPING SETS ((w.webhook_source, w.webhook_type), ())
        ORDER BY w.webhook_source, w.webhook_type;
    END $$;
  ${ownedByDefiner({ [LIST]: 'frontdesk_service', [HEALTH]: 'frontdesk_service' })}
`;

const ENDED = 'list_ended_observations()';

const OBSERVING = `
  -- Since when it observes, or did the last time: what came unverified is counted from there.
  ALTER TABLE channel_connections ADD COLUMN observe_since timestamptz;
  GRANT SELECT (observe_since) ON channel_connections TO frontdesk_app;
  GRANT UPDATE (verification_mode, observe_until, observe_since) ON channel_connections TO frontdesk_app;

  -- Connections of all organizations whose time to observe is over, and which do not know it yet.
  CREATE FUNCTION list_ended_observations() RETURNS TABLE (org_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, c.id FROM channel_connections c
      WHERE c.verification_mode = 'observe' AND c.observe_until <= now() ORDER BY c.observe_until LIMIT 1000
    $$;
  ${ownedByDefiner({ [ENDED]: 'frontdesk_service' })}
`;
