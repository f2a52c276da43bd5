import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerMay, ownedByDefiner, protectTenantTable } from './support/tenant-table';

/** What providers delivered, and how it is taken in. */
export class Webhooks1763600000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WEBHOOKS);
    await runner.query(INTAKE);
    await runner.query(EXPIRY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION drop_empty_webhook_log_partitions();
      DROP FUNCTION has_webhook_logs(timestamptz, timestamptz);
      DROP FUNCTION expire_webhook_events(int);
      DROP FUNCTION expire_webhook_logs(int);
      DROP FUNCTION webhook_logs_in_queue();
      DROP FUNCTION ${LOG_REFUSED_WEBHOOK};
      DROP FUNCTION ${ACCEPT_WEBHOOK};
      DROP TABLE processed_webhook_events, webhook_logs;
      DROP DOMAIN webhook_event_status, webhook_processing_status;
    `);
  }
}

const WEBHOOKS = `
  CREATE DOMAIN webhook_processing_status AS text CHECK (VALUE IN ('pending', 'processing', 'processed', 'failed'));
  CREATE TABLE webhook_logs (
    id uuid NOT NULL,
    org_id uuid,
    webhook_source text NOT NULL,
    webhook_type text NOT NULL,
    external_id text,
    url text NOT NULL,
    method text NOT NULL,
    headers jsonb NOT NULL,
    payload jsonb NOT NULL,
    signature text,
    signature_verified boolean NOT NULL,
    processing_status webhook_processing_status NOT NULL,
    processing_started_at timestamptz,
    processing_completed_at timestamptz,
    processing_duration_ms int,
    error_message text,
    retry_count int NOT NULL DEFAULT 0,
    response_status int NOT NULL,
    response_body jsonb,
    received_at timestamptz NOT NULL,
    ip_address inet,
    PRIMARY KEY (id, received_at)
  ) PARTITION BY RANGE (received_at);
  CREATE INDEX idx_webhook_logs_source_type ON webhook_logs (org_id, webhook_source, webhook_type, received_at DESC);
  CREATE INDEX idx_webhook_logs_external_id ON webhook_logs (external_id);
  CREATE INDEX idx_webhook_logs_status ON webhook_logs (org_id, processing_status, received_at DESC);
  CREATE INDEX idx_webhook_logs_tenant ON webhook_logs (org_id, received_at DESC, id DESC);
  CREATE INDEX idx_webhook_logs_received_at ON webhook_logs (received_at);
  ${protectTenantTable({
    table: 'webhook_logs',
    app: 'SELECT',
    service:
      'SELECT, UPDATE (processing_status, processing_started_at, processing_completed_at, processing_duration_ms, error_message, retry_count)',
    audit: { exempt: 'it is itself the record of what was delivered, and expires' },
    touched: false,
  })}
  SELECT ensure_month_partitions('webhook_logs', 3);

  CREATE DOMAIN webhook_event_status AS text CHECK (VALUE IN ('pending', 'processed', 'failed'));
  CREATE TABLE processed_webhook_events (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    payload_hash text NOT NULL,
    status webhook_event_status NOT NULL,
    processed_at timestamptz,
    error_message text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
  );
  CREATE UNIQUE INDEX idx_processed_webhook_events_org_event ON processed_webhook_events (org_id, event_id);
  CREATE INDEX idx_processed_webhook_events_created ON processed_webhook_events (org_id, created_at);
  ${protectTenantTable({
    table: 'processed_webhook_events',
    app: '',
    service: 'SELECT, UPDATE (status, processed_at, error_message)',
    audit: { exempt: 'bookkeeping of deliveries, which webhook_logs records' },
    touched: false,
  })}
  ${definerMay('SELECT', 'processed_webhook_events')}
  ${definerMay('INSERT', 'processed_webhook_events')}
  ${definerMay('DELETE', 'processed_webhook_events')}
  ${definerMay('SELECT', 'webhook_logs')}
  ${definerMay('INSERT', 'webhook_logs')}
  ${definerMay('DELETE', 'webhook_logs')}
`;

const ACCEPT_WEBHOOK =
  'accept_webhook(uuid, uuid, uuid, text, text, text, text, text, jsonb, jsonb, text, inet, timestamptz, uuid, text, text, text, uuid, int)';
const LOG_REFUSED_WEBHOOK =
  'log_refused_webhook(uuid, uuid, text, text, text, text, text, jsonb, jsonb, text, inet, timestamptz, int, text)';

const INTAKE = `
  -- Takes in one verified delivery: logs it, claims its event and queues the work, in one statement and one commit.
  -- True when the event was new; a duplicate is logged and has no further effect.
  CREATE FUNCTION accept_webhook(log_id uuid, org uuid, connection uuid, source text, type text, external text, url text,
      method text, headers jsonb, payload jsonb, signature text, ip inet, received timestamptz, event_row_id uuid,
      event text, event_type text, payload_hash text, request uuid, max_attempts int) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE is_new boolean;
    BEGIN
      INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
        VALUES (org, event_row_id, event, accept_webhook.event_type, accept_webhook.payload_hash, 'pending')
        ON CONFLICT (org_id, event_id) DO NOTHING;
      is_new := FOUND;
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address)
        VALUES (log_id, org, source, type, external, accept_webhook.url, accept_webhook.method, accept_webhook.headers,
          accept_webhook.payload, accept_webhook.signature, true,
          CASE WHEN is_new THEN 'pending' ELSE 'processed' END, CASE WHEN NOT is_new THEN 'duplicate' END, 200, received, ip);
      IF is_new THEN
        PERFORM enqueue_job('channels.process-webhook',
          json_build_object('orgId', org, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', event_row_id),
          NULL, NULL, max_attempts, NULL);
      END IF;
      RETURN is_new;
    END $$;

  -- A delivery that was not taken in, from a sender who could be real.
  CREATE FUNCTION log_refused_webhook(log_id uuid, org uuid, source text, type text, external text, url text, method text,
      headers jsonb, payload jsonb, signature text, ip inet, received timestamptz, status int, reason text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address)
        VALUES (log_id, org, source, type, external, url, method, headers, payload, signature, false, 'failed', reason,
          status, received, ip)
    $$;
  ${ownedByDefiner({
    [ACCEPT_WEBHOOK]: 'frontdesk_service',
    [LOG_REFUSED_WEBHOOK]: 'frontdesk_service',
  })}
`;

const EXPIRY = `
  -- Deliveries that jobs refer to, dead letters among them: what a job does not carry itself must be there when it runs.
  CREATE FUNCTION webhook_logs_in_queue() RETURNS SETOF text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT payload->>'webhookLogId' FROM graphile_worker._private_jobs WHERE payload->>'webhookLogId' IS NOT NULL
    $$;
  GRANT EXECUTE ON FUNCTION webhook_logs_in_queue() TO frontdesk_definer;

  -- Deletes what is older than its organization keeps, unless it is still to be worked off; deliveries of no known
  -- organization stay 7 days. The first bound is the same for all rows, so that the index on received_at serves it.
  CREATE FUNCTION expire_webhook_logs(batch int DEFAULT 10000) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
      youngest timestamptz := now() - make_interval(days => LEAST(7, (SELECT min(webhook_retention_days) FROM organizations)));
      gone int;
    BEGIN
      DELETE FROM webhook_logs w USING (
        SELECT l.id, l.received_at FROM webhook_logs l LEFT JOIN organizations o ON o.id = l.org_id
        WHERE l.received_at < youngest
          AND l.received_at < now() - make_interval(days => COALESCE(o.webhook_retention_days, 7))
          AND l.processing_status <> 'pending'
          AND NOT EXISTS (SELECT FROM webhook_logs_in_queue() queued WHERE queued = l.id::text)
        LIMIT batch
      ) old WHERE w.id = old.id AND w.received_at = old.received_at;
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END $$;

  -- Deletes the claims of events that were worked off, a week after their logs: no provider repeats a delivery that late.
  CREATE FUNCTION expire_webhook_events(batch int DEFAULT 10000) RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE gone int;
    BEGIN
      DELETE FROM processed_webhook_events e USING (
        SELECT p.org_id, p.id FROM organizations o CROSS JOIN LATERAL (
          SELECT org_id, id FROM processed_webhook_events
          WHERE org_id = o.id AND created_at < now() - make_interval(days => o.webhook_retention_days + 7)
            AND status <> 'pending'
          LIMIT batch
        ) p LIMIT batch
      ) old WHERE e.org_id = old.org_id AND e.id = old.id;
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END $$;

  -- Whether anything is left of a time; asked by the function below, to whom row-level security shows nothing.
  CREATE FUNCTION has_webhook_logs(since timestamptz, until timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT EXISTS (SELECT FROM webhook_logs WHERE received_at >= since AND received_at < until)
    $$;

  -- Drops months that are over for a day or longer, when nothing is left in them: nothing is logged into them any more.
  CREATE FUNCTION drop_empty_webhook_log_partitions() RETURNS int
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC' AS $$
    DECLARE
      partition text; month timestamptz; dropped int := 0;
    BEGIN
      FOR partition IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'webhook_logs'::regclass AND c.relname ~ '^webhook_logs_[0-9]{4}_[0-9]{2}$'
        ORDER BY c.relname
      LOOP
        month := to_date(right(partition, 7), 'YYYY_MM');
        CONTINUE WHEN month + interval '1 month 1 day' > now();
        CONTINUE WHEN has_webhook_logs(month, month + interval '1 month');
        EXECUTE format('DROP TABLE %I', partition);
        dropped := dropped + 1;
      END LOOP;
      RETURN dropped;
    END $$;
  GRANT EXECUTE ON FUNCTION drop_empty_webhook_log_partitions() TO frontdesk_service;
  ${ownedByDefiner({
    'expire_webhook_logs(int)': 'frontdesk_service',
    'expire_webhook_events(int)': 'frontdesk_service',
    'has_webhook_logs(timestamptz, timestamptz)': 'frontdesk_owner',
  })}
`;
