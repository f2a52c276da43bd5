import type { MigrationInterface, QueryRunner } from 'typeorm';
import { hideFromTrail } from './support/hidden-columns';
import { ownedByDefiner } from './support/tenant-table';

/**
 * Several providers and channels: a number is also found by the provider's own id of it or by its account, a secret that was
 * replaced goes on verifying for a while, and a connection can be told to observe instead of enforce. The log of deliveries
 * tells which connection and which event each belongs to, and why a signature was not believed.
 */
export class Providers1763600000024 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONNECTIONS);
    await runner.query(DIRECTORY);
    await runner.query(`
      UPDATE connection_directory d SET provider = c.provider, provider_account_id = c.provider_account_id
      FROM channel_connections c WHERE c.org_id = d.org_id AND c.id = d.connection_id`);
    await runner.query(`
      ALTER TABLE connection_directory ALTER COLUMN provider SET NOT NULL, ALTER COLUMN provider_account_id SET NOT NULL`);
    await runner.query(LOOK_UP);
    await runner.query(LOGS);
    await runner.query(INTAKE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(INTAKE_BEFORE);
    await runner.query(LOGS_BEFORE);
    await runner.query(LOOK_UP_BEFORE);
    await runner.query(DIRECTORY_BEFORE);
    await runner.query(CONNECTIONS_BEFORE);
  }
}

const CONNECTIONS = `
  CREATE DOMAIN verification_mode AS text CHECK (VALUE IN ('enforce', 'observe'));
  ALTER TABLE channel_connections
    ADD COLUMN previous_credentials text,
    ADD COLUMN previous_credentials_key_id uuid,
    ADD COLUMN previous_credentials_until timestamptz,
    ADD COLUMN verification_mode verification_mode NOT NULL DEFAULT 'enforce',
    ADD COLUMN observe_until timestamptz,
    ADD CONSTRAINT channel_connections_previous_check CHECK (
      (previous_credentials IS NULL) = (previous_credentials_key_id IS NULL)
      AND (previous_credentials IS NULL) = (previous_credentials_until IS NULL)),
    ADD CONSTRAINT channel_connections_observe_check CHECK ((verification_mode = 'observe') = (observe_until IS NOT NULL)),
    ADD FOREIGN KEY (org_id, previous_credentials_key_id) REFERENCES organization_keys (org_id, id);
  GRANT SELECT (previous_credentials_until, verification_mode, observe_until) ON channel_connections TO frontdesk_app;
  ${hideFromTrail('channel_connections', ['credentials', 'previous_credentials', 'webhook_verify_token'])}
`;

const CONNECTIONS_BEFORE = `
  ${hideFromTrail('channel_connections', ['credentials', 'webhook_verify_token'])}
  ALTER TABLE channel_connections
    DROP COLUMN previous_credentials, DROP COLUMN previous_credentials_key_id, DROP COLUMN previous_credentials_until,
    DROP COLUMN verification_mode, DROP COLUMN observe_until;
  DROP DOMAIN verification_mode;
`;

const syncDirectory = (columns: readonly string[]): string => `
  CREATE OR REPLACE FUNCTION sync_connection_directory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO connection_directory (${columns.join(', ')}, org_id, connection_id)
          VALUES (${columns.map((column) => `NEW.${column}`).join(', ')}, NEW.org_id, NEW.id);
      ELSE
        UPDATE connection_directory d SET ${columns.map((column) => `${column} = NEW.${column}`).join(', ')}
          WHERE d.connection_id = NEW.id;
      END IF;
      RETURN NULL;
    END $$;
  DROP TRIGGER channel_connections_directory ON channel_connections;
  CREATE TRIGGER channel_connections_directory AFTER INSERT OR UPDATE OF ${columns.join(', ')}
    ON channel_connections FOR EACH ROW EXECUTE FUNCTION sync_connection_directory();
`;

const DIRECTORY = `
  ALTER TABLE connection_directory
    ADD COLUMN provider provider_type,
    ADD COLUMN provider_account_id text,
    ADD COLUMN provider_number_id text,
    ADD CONSTRAINT connection_directory_number_key UNIQUE (provider, channel, provider_number_id);
  CREATE INDEX idx_connection_directory_account ON connection_directory (provider, channel, provider_account_id);
  ${syncDirectory(['channel', 'address', 'webhook_verify_token', 'provider', 'provider_account_id', 'provider_number_id'])}
`;

/** As migration 5 made them. */
const SYNC_BEFORE = `
  CREATE OR REPLACE FUNCTION sync_connection_directory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO connection_directory VALUES (NEW.channel, NEW.address, NEW.webhook_verify_token, NEW.org_id, NEW.id);
      ELSE
        UPDATE connection_directory d SET channel = NEW.channel, address = NEW.address, webhook_verify_token = NEW.webhook_verify_token
          WHERE d.connection_id = NEW.id;
      END IF;
      RETURN NULL;
    END $$;
  DROP TRIGGER channel_connections_directory ON channel_connections;
  CREATE TRIGGER channel_connections_directory AFTER INSERT OR UPDATE OF channel, address, webhook_verify_token
    ON channel_connections FOR EACH ROW EXECUTE FUNCTION sync_connection_directory();
`;

const DIRECTORY_BEFORE = `
  ${SYNC_BEFORE}
  ALTER TABLE connection_directory DROP COLUMN provider, DROP COLUMN provider_account_id, DROP COLUMN provider_number_id;
`;

const FIND = 'find_webhook_connection(text, text, text, text, text, uuid)';
const FIND_BEFORE = 'find_webhook_connection(text, text, uuid)';

const LOOK_UP = `
  DROP FUNCTION ${FIND_BEFORE};
  -- Intake's look-up: by the id in the path; else by the provider's id of the number, by the number itself, or, where a
  -- delivery names neither, by the account. With the keys to open the credentials, and those that were replaced of late.
  CREATE FUNCTION find_webhook_connection(wanted_provider text, wanted_channel text, wanted_address text, wanted_number_id text,
      wanted_account text, wanted_id uuid)
    RETURNS TABLE (org_id uuid, id uuid, provider text, channel text, address text, provider_account_id text,
      provider_number_id text, routing text, credentials text, wrapped_key text, master_key_id text,
      previous_credentials text, previous_wrapped_key text, previous_master_key_id text, previous_until timestamptz,
      observe_until timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, c.id, c.provider::text, c.channel::text, c.address, c.provider_account_id, c.provider_number_id,
        c.routing::text, c.credentials, k.wrapped_key, k.master_key_id,
        c.previous_credentials, p.wrapped_key, p.master_key_id, c.previous_credentials_until, c.observe_until
      FROM connection_directory d
        JOIN channel_connections c ON c.org_id = d.org_id AND c.id = d.connection_id
        JOIN organization_keys k ON k.org_id = c.org_id AND k.id = c.credentials_key_id
        LEFT JOIN organization_keys p ON p.org_id = c.org_id AND p.id = c.previous_credentials_key_id
      WHERE d.provider = wanted_provider AND d.channel = wanted_channel AND d.connection_id = COALESCE(wanted_id,
        (SELECT n.connection_id FROM connection_directory n
          WHERE n.provider = wanted_provider AND n.channel = wanted_channel AND n.provider_number_id = wanted_number_id),
        (SELECT n.connection_id FROM connection_directory n WHERE n.channel = wanted_channel AND n.address = wanted_address),
        (SELECT n.connection_id FROM connection_directory n
          WHERE wanted_number_id IS NULL AND wanted_address IS NULL AND n.provider = wanted_provider
            AND n.channel = wanted_channel AND n.provider_account_id = wanted_account
          ORDER BY n.connection_id LIMIT 1))
    $$;
  ${ownedByDefiner({ [FIND]: 'frontdesk_service' })}
`;

const LOOK_UP_BEFORE = `
  DROP FUNCTION ${FIND};
  -- Intake's look-up: by number, or by the id in the path. With the key to open the credentials.
  CREATE FUNCTION find_webhook_connection(wanted_channel text, wanted_address text, wanted_id uuid)
    RETURNS TABLE (org_id uuid, id uuid, provider text, address text, provider_account_id text, credentials text,
      wrapped_key text, master_key_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, c.id, c.provider::text, c.address, c.provider_account_id, c.credentials, k.wrapped_key, k.master_key_id
      FROM connection_directory d
        JOIN channel_connections c ON c.org_id = d.org_id AND c.id = d.connection_id
        JOIN organization_keys k ON k.org_id = c.org_id AND k.id = c.credentials_key_id
      WHERE d.channel = wanted_channel AND d.connection_id = COALESCE(wanted_id,
        (SELECT n.connection_id FROM connection_directory n WHERE n.channel = wanted_channel AND n.address = wanted_address))
    $$;
  ${ownedByDefiner({ [FIND_BEFORE]: 'frontdesk_service' })}
`;

const LOGS = `
  CREATE DOMAIN webhook_verdict AS text CHECK (VALUE IN ('malformed_webhook', 'ambiguous_webhook', 'webhook_not_connected',
    'webhook_signature_invalid'));
  ALTER TABLE webhook_logs ADD COLUMN connection_id uuid, ADD COLUMN event_row_id uuid, ADD COLUMN verdict webhook_verdict;
`;

const LOGS_BEFORE = `
  ALTER TABLE webhook_logs DROP COLUMN connection_id, DROP COLUMN event_row_id, DROP COLUMN verdict;
  DROP DOMAIN webhook_verdict;
`;

const ACCEPT_BEFORE =
  'accept_webhook(uuid, uuid, uuid, text, text, text, text, text, jsonb, jsonb, text, inet, timestamptz, uuid, text, text, text, uuid, int)';
const ACCEPT = ACCEPT_BEFORE.replace('int)', 'int, text)');

/** Both shapes of the function: of old every delivery that was taken in was verified. */
const acceptWebhook = (
  parameter: string,
  verified: string,
  columns = '',
  values = '',
  repeated = '',
): string => `
  CREATE FUNCTION accept_webhook(log_id uuid, org uuid, connection uuid, source text, type text, external text, url text,
      method text, headers jsonb, payload jsonb, signature text, ip inet, received timestamptz, event_row_id uuid,
      event text, event_type text, payload_hash text, request uuid, max_attempts int${parameter}) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE is_new boolean;
    BEGIN
      INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
        VALUES (org, event_row_id, event, accept_webhook.event_type, accept_webhook.payload_hash, 'pending')
        ON CONFLICT (org_id, event_id) DO NOTHING;
      is_new := FOUND;${repeated}
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address${columns})
        VALUES (log_id, org, source, type, external, accept_webhook.url, accept_webhook.method, accept_webhook.headers,
          accept_webhook.payload, accept_webhook.signature, ${verified},
          CASE WHEN is_new THEN 'pending' ELSE 'processed' END, CASE WHEN NOT is_new THEN 'duplicate' END, 200, received, ip${values});
      IF is_new THEN
        PERFORM enqueue_job('channels.process-webhook',
          json_build_object('orgId', org, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', event_row_id),
          NULL, NULL, max_attempts, NULL);
      END IF;
      RETURN is_new;
    END $$;
`;

/** A duplicate belongs to the event that it repeats. */
const REPEATED = `
      IF NOT is_new THEN
        SELECT e.id INTO accept_webhook.event_row_id FROM processed_webhook_events e WHERE e.org_id = org AND e.event_id = event;
      END IF;`;

const REFUSED_BEFORE =
  'log_refused_webhook(uuid, uuid, text, text, text, text, text, jsonb, jsonb, text, inet, timestamptz, int, text)';
const REFUSED = REFUSED_BEFORE.replace('text)', 'text, uuid)');

const logRefused = (parameter: string, columns = '', values = ''): string => `
  CREATE FUNCTION log_refused_webhook(log_id uuid, org uuid, source text, type text, external text, url text, method text,
      headers jsonb, payload jsonb, signature text, ip inet, received timestamptz, status int, reason text${parameter}) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address${columns})
        VALUES (log_id, org, source, type, external, url, method, headers, payload, signature, false, 'failed', reason,
          status, received, ip${values})
    $$;
`;

const INTAKE = `
  DROP FUNCTION ${ACCEPT_BEFORE};
  DROP FUNCTION ${REFUSED_BEFORE};
  -- Takes in one delivered event: logs it, claims it and queues the work, in one statement and one commit. True when the
  -- event was new; a duplicate is logged and has no further effect. A verdict is what a
  -- connection that observes has against a signature and takes in all the same.
  ${acceptWebhook(
    ', verdict text',
    'accept_webhook.verdict IS NULL',
    ', connection_id, event_row_id, verdict',
    ', connection, accept_webhook.event_row_id, accept_webhook.verdict',
    REPEATED,
  )}
  -- A delivery that was not taken in, from a sender who could be real. Why is its verdict.
  ${logRefused(', connection uuid', ', connection_id, verdict', ', connection, reason')}
  ${ownedByDefiner({ [ACCEPT]: 'frontdesk_service', [REFUSED]: 'frontdesk_service' })}
`;

const INTAKE_BEFORE = `
  DROP FUNCTION ${ACCEPT};
  DROP FUNCTION ${REFUSED};
  -- Takes in one verified delivery: logs it, claims its event and queues the work, in one statement and one commit.
  -- True when the event was new; a duplicate is logged and has no further effect.
  ${acceptWebhook('', 'true')}
  -- A delivery that was not taken in, from a sender who could be real.
  ${logRefused('')}
  ${ownedByDefiner({ [ACCEPT_BEFORE]: 'frontdesk_service', [REFUSED_BEFORE]: 'frontdesk_service' })}
`;
