-- The database as the migrations leave it: read from the catalogue by `npm run schema`, compared by test/e2e/schema.spec.ts.
-- Partitions are left out, since they come and go with the months; so is what graphile-worker makes for itself.

-- Roles

CREATE ROLE frontdesk_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;
  ALTER ROLE frontdesk_app SET TimeZone=UTC;
  ALTER ROLE frontdesk_app SET idle_in_transaction_session_timeout=60s;
  ALTER ROLE frontdesk_app SET lock_timeout=10s;
  ALTER ROLE frontdesk_app SET statement_timeout=15s;
CREATE ROLE frontdesk_definer NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;
CREATE ROLE frontdesk_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;
CREATE ROLE frontdesk_service LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;
  ALTER ROLE frontdesk_service SET TimeZone=UTC;
  ALTER ROLE frontdesk_service SET idle_in_transaction_session_timeout=60s;
  ALTER ROLE frontdesk_service SET lock_timeout=10s;
  ALTER ROLE frontdesk_service SET statement_timeout=60s;
GRANT frontdesk_definer TO frontdesk_owner;

-- Schemas

ALTER SCHEMA extensions OWNER TO frontdesk_owner;
GRANT USAGE ON SCHEMA extensions TO frontdesk_definer;
ALTER SCHEMA graphile_worker OWNER TO frontdesk_owner;
GRANT USAGE ON SCHEMA graphile_worker TO frontdesk_service;
ALTER SCHEMA public OWNER TO frontdesk_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO frontdesk_app;
GRANT USAGE ON SCHEMA public TO frontdesk_definer;
GRANT USAGE ON SCHEMA public TO frontdesk_service;
-- ALTER DEFAULT PRIVILEGES FOR ROLE frontdesk_owner: on functions nothing to anyone but the owner
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;

-- Types

CREATE DOMAIN answered_by_type AS text
  CONSTRAINT answered_by_type_check CHECK ((VALUE = ANY (ARRAY['assistant'::text, 'human'::text]))); -- owner frontdesk_owner
CREATE DOMAIN bulk_send_problem AS text
  CONSTRAINT bulk_send_problem_check CHECK ((VALUE = ANY (ARRAY['organization_suspended'::text, 'connection_gone'::text, 'connection_inactive'::text, 'template_not_usable'::text, 'internal_error'::text]))); -- owner frontdesk_owner
CREATE DOMAIN bulk_send_status AS text
  CONSTRAINT bulk_send_status_check CHECK ((VALUE = ANY (ARRAY['draft'::text, 'scheduled'::text, 'running'::text, 'paused'::text, 'completed'::text, 'cancelled'::text, 'failed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN bulk_skip_reason AS text
  CONSTRAINT bulk_skip_reason_check CHECK ((VALUE = ANY (ARRAY['no_address'::text, 'invalid_number'::text, 'suspended'::text, 'opted_out'::text, 'no_consent'::text, 'duplicate_address'::text, 'outside_window'::text, 'missing_variable'::text, 'unusable_variable'::text]))); -- owner frontdesk_owner
CREATE DOMAIN call_status AS text
  CONSTRAINT call_status_check CHECK ((VALUE = ANY (ARRAY['queued'::text, 'ringing'::text, 'in_progress'::text, 'answered'::text, 'missed'::text, 'busy'::text, 'no_answer'::text, 'failed'::text, 'canceled'::text]))); -- owner frontdesk_owner
CREATE DOMAIN channel_type AS text
  CONSTRAINT channel_type_check CHECK ((VALUE = ANY (ARRAY['whatsapp'::text, 'sms'::text, 'voice'::text]))); -- owner frontdesk_owner
CREATE DOMAIN connection_routing AS text
  CONSTRAINT connection_routing_check CHECK ((VALUE = ANY (ARRAY['dedicated'::text, 'shared'::text]))); -- owner frontdesk_owner
CREATE DOMAIN consent_action AS text
  CONSTRAINT consent_action_check CHECK ((VALUE = ANY (ARRAY['opt_in'::text, 'opt_out'::text]))); -- owner frontdesk_owner
CREATE DOMAIN consent_answer AS text
  CONSTRAINT consent_answer_check CHECK ((VALUE = ANY (ARRAY['opt_out'::text, 'opt_in'::text, 'help'::text, 'marketing_opt_out'::text, 'marketing_opt_in'::text]))); -- owner frontdesk_owner
CREATE DOMAIN consent_purpose AS text
  CONSTRAINT consent_purpose_check CHECK ((VALUE = ANY (ARRAY['transactional'::text, 'marketing'::text]))); -- owner frontdesk_owner
CREATE DOMAIN consent_source AS text
  CONSTRAINT consent_source_check CHECK ((VALUE = ANY (ARRAY['keyword'::text, 'inbound_message'::text, 'api'::text, 'import'::text, 'console'::text, 'provider_error'::text, 'suppression'::text, 'provider'::text]))); -- owner frontdesk_owner
CREATE DOMAIN consent_word AS text
  CONSTRAINT consent_word_check CHECK ((VALUE = ANY (ARRAY['opt_out'::text, 'opt_in'::text, 'help'::text]))); -- owner frontdesk_owner
CREATE DOMAIN contact_field_type AS text
  CONSTRAINT contact_field_type_check CHECK ((VALUE = ANY (ARRAY['text'::text, 'number'::text, 'boolean'::text, 'date'::text, 'choice'::text]))); -- owner frontdesk_owner
CREATE DOMAIN contact_import_status AS text
  CONSTRAINT contact_import_status_check CHECK ((VALUE = ANY (ARRAY['uploading'::text, 'uploaded'::text, 'running'::text, 'checked'::text, 'completed'::text, 'failed'::text, 'cancelled'::text]))); -- owner frontdesk_owner
CREATE DOMAIN conversation_status AS text
  CONSTRAINT conversation_status_check CHECK ((VALUE = ANY (ARRAY['open'::text, 'pending'::text, 'resolved'::text, 'snoozed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN duplicate_status AS text
  CONSTRAINT duplicate_status_check CHECK ((VALUE = ANY (ARRAY['open'::text, 'dismissed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN erasure_reason AS text
  CONSTRAINT erasure_reason_check CHECK ((VALUE = ANY (ARRAY['requested'::text, 'consent_withdrawn'::text, 'objection'::text, 'no_longer_needed'::text, 'unlawful'::text, 'legal_obligation'::text]))); -- owner frontdesk_owner
CREATE DOMAIN erasure_status AS text
  CONSTRAINT erasure_status_check CHECK ((VALUE = ANY (ARRAY['running'::text, 'done'::text]))); -- owner frontdesk_owner
CREATE DOMAIN lead_score_type AS text
  CONSTRAINT lead_score_type_check CHECK ((VALUE = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text]))); -- owner frontdesk_owner
CREATE DOMAIN lead_status_type AS text
  CONSTRAINT lead_status_type_check CHECK ((VALUE = ANY (ARRAY['new'::text, 'contacted'::text, 'qualified'::text, 'booked'::text, 'converted'::text, 'lost'::text]))); -- owner frontdesk_owner
CREATE DOMAIN mail_state AS text
  CONSTRAINT mail_state_check CHECK ((VALUE = ANY (ARRAY['waiting'::text, 'sent'::text, 'refused'::text]))); -- owner frontdesk_owner
CREATE DOMAIN mapping_status AS text
  CONSTRAINT mapping_status_check CHECK ((VALUE = ANY (ARRAY['active'::text, 'suspended'::text, 'invalid'::text]))); -- owner frontdesk_owner
CREATE DOMAIN media_status AS text
  CONSTRAINT media_status_check CHECK ((VALUE = ANY (ARRAY['pending'::text, 'stored'::text, 'refused'::text, 'failed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN membership_role AS text
  CONSTRAINT membership_role_check CHECK ((VALUE = ANY (ARRAY['owner'::text, 'admin'::text, 'agent'::text, 'viewer'::text]))); -- owner frontdesk_owner
CREATE DOMAIN message_author AS text
  CONSTRAINT message_author_check CHECK ((VALUE = ANY (ARRAY['contact'::text, 'user'::text, 'api_key'::text, 'assistant'::text, 'system'::text]))); -- owner frontdesk_owner
CREATE DOMAIN message_direction AS text
  CONSTRAINT message_direction_check CHECK ((VALUE = ANY (ARRAY['incoming'::text, 'outgoing'::text]))); -- owner frontdesk_owner
CREATE DOMAIN message_hold AS text
  CONSTRAINT message_hold_check CHECK ((VALUE = ANY (ARRAY['scheduled'::text, 'quiet_hours'::text, 'paused'::text]))); -- owner frontdesk_owner
CREATE DOMAIN message_purpose AS text
  CONSTRAINT message_purpose_check CHECK ((VALUE = ANY (ARRAY['reply'::text, 'consent_reply'::text, 'bulk'::text]))); -- owner frontdesk_owner
CREATE DOMAIN message_status AS text
  CONSTRAINT message_status_check CHECK ((VALUE = ANY (ARRAY['received'::text, 'held'::text, 'queued'::text, 'sending'::text, 'unknown'::text, 'sent'::text, 'canceled'::text, 'undelivered'::text, 'failed'::text, 'delivered'::text, 'read'::text]))); -- owner frontdesk_owner
CREATE DOMAIN organization_status AS text
  CONSTRAINT organization_status_check CHECK ((VALUE = ANY (ARRAY['active'::text, 'suspended'::text]))); -- owner frontdesk_owner
CREATE DOMAIN parked_reason AS text
  CONSTRAINT parked_reason_check CHECK ((VALUE = ANY (ARRAY['unknown_sender'::text, 'several_organizations'::text, 'not_answered'::text]))); -- owner frontdesk_owner
CREATE DOMAIN parked_state AS text
  CONSTRAINT parked_state_check CHECK ((VALUE = ANY (ARRAY['asked'::text, 'waiting'::text, 'assigned'::text, 'discarded'::text, 'expired'::text]))); -- owner frontdesk_owner
CREATE DOMAIN provider_type AS text
  CONSTRAINT provider_type_check CHECK ((VALUE = ANY (ARRAY['twilio'::text, 'whatsapp_cloud'::text]))); -- owner frontdesk_owner
CREATE DOMAIN status_event_source AS text
  CONSTRAINT status_event_source_check CHECK ((VALUE = ANY (ARRAY['callback'::text, 'answer'::text, 'look_up'::text]))); -- owner frontdesk_owner
CREATE DOMAIN template_approval AS text
  CONSTRAINT template_approval_check CHECK ((VALUE = ANY (ARRAY['unsubmitted'::text, 'received'::text, 'pending'::text, 'approved'::text, 'rejected'::text, 'paused'::text, 'disabled'::text]))); -- owner frontdesk_owner
CREATE DOMAIN template_kind AS text
  CONSTRAINT template_kind_check CHECK ((VALUE = ANY (ARRAY['text'::text, 'provider'::text]))); -- owner frontdesk_owner
CREATE DOMAIN user_status AS text
  CONSTRAINT user_status_check CHECK ((VALUE = ANY (ARRAY['active'::text, 'disabled'::text]))); -- owner frontdesk_owner
CREATE DOMAIN verification_mode AS text
  CONSTRAINT verification_mode_check CHECK ((VALUE = ANY (ARRAY['enforce'::text, 'observe'::text]))); -- owner frontdesk_owner
CREATE DOMAIN verification_status AS text
  CONSTRAINT verification_status_check CHECK ((VALUE = ANY (ARRAY['open'::text, 'void'::text, 'confirmed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN webhook_event_status AS text
  CONSTRAINT webhook_event_status_check CHECK ((VALUE = ANY (ARRAY['pending'::text, 'processed'::text, 'failed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN webhook_processing_status AS text
  CONSTRAINT webhook_processing_status_check CHECK ((VALUE = ANY (ARRAY['pending'::text, 'processing'::text, 'processed'::text, 'failed'::text]))); -- owner frontdesk_owner
CREATE DOMAIN webhook_verdict AS text
  CONSTRAINT webhook_verdict_check CHECK ((VALUE = ANY (ARRAY['malformed_webhook'::text, 'ambiguous_webhook'::text, 'webhook_not_connected'::text, 'webhook_signature_invalid'::text]))); -- owner frontdesk_owner

-- Functions

CREATE OR REPLACE FUNCTION public.accept_shared_webhook(log_id uuid, org uuid, connection uuid, source text, type text, external text, url text, method text, headers jsonb, payload jsonb, signature text, ip inet, received timestamp with time zone, event_row_id uuid, event text, event_type text, payload_hash text, request uuid, max_attempts integer, verdict text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE is_new boolean;
    BEGIN
      INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
        VALUES (org, event_row_id, event, accept_shared_webhook.event_type, accept_shared_webhook.payload_hash, 'pending')
        ON CONFLICT (org_id, event_id) DO NOTHING;
      is_new := FOUND;
      IF NOT is_new THEN
        SELECT e.id INTO accept_shared_webhook.event_row_id FROM processed_webhook_events e WHERE e.org_id = org AND e.event_id = event;
      END IF;
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address,
          connection_id, event_row_id, verdict)
        VALUES (log_id, NULL, source, type, external, accept_shared_webhook.url, accept_shared_webhook.method,
          accept_shared_webhook.headers, accept_shared_webhook.payload, accept_shared_webhook.signature,
          accept_shared_webhook.verdict IS NULL, CASE WHEN is_new THEN 'pending' ELSE 'processed' END,
          CASE WHEN NOT is_new THEN 'duplicate' END, 200, received, ip, connection, accept_shared_webhook.event_row_id,
          accept_shared_webhook.verdict);
      IF is_new THEN
        PERFORM enqueue_job('channels.route-shared-delivery',
          json_build_object('orgId', org, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', event_row_id),
          NULL, NULL, max_attempts, NULL);
      END IF;
      RETURN is_new;
    END $function$;
ALTER FUNCTION accept_shared_webhook(uuid,uuid,uuid,text,text,text,text,text,jsonb,jsonb,text,inet,timestamp with time zone,uuid,text,text,text,uuid,integer,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION accept_shared_webhook(uuid,uuid,uuid,text,text,text,text,text,jsonb,jsonb,text,inet,timestamp with time zone,uuid,text,text,text,uuid,integer,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.accept_webhook(log_id uuid, org uuid, connection uuid, source text, type text, external text, url text, method text, headers jsonb, payload jsonb, signature text, ip inet, received timestamp with time zone, event_row_id uuid, event text, event_type text, payload_hash text, request uuid, max_attempts integer, verdict text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE is_new boolean;
    BEGIN
      INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
        VALUES (org, event_row_id, event, accept_webhook.event_type, accept_webhook.payload_hash, 'pending')
        ON CONFLICT (org_id, event_id) DO NOTHING;
      is_new := FOUND;
      IF NOT is_new THEN
        SELECT e.id INTO accept_webhook.event_row_id FROM processed_webhook_events e WHERE e.org_id = org AND e.event_id = event;
      END IF;
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address, connection_id, event_row_id, verdict)
        VALUES (log_id, org, source, type, external, accept_webhook.url, accept_webhook.method, accept_webhook.headers,
          accept_webhook.payload, accept_webhook.signature, accept_webhook.verdict IS NULL,
          CASE WHEN is_new THEN 'pending' ELSE 'processed' END, CASE WHEN NOT is_new THEN 'duplicate' END, 200, received, ip, connection, accept_webhook.event_row_id, accept_webhook.verdict);
      IF is_new THEN
        PERFORM enqueue_job('channels.process-webhook',
          json_build_object('orgId', org, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', event_row_id),
          NULL, NULL, max_attempts, NULL);
      END IF;
      RETURN is_new;
    END $function$;
ALTER FUNCTION accept_webhook(uuid,uuid,uuid,text,text,text,text,text,jsonb,jsonb,text,inet,timestamp with time zone,uuid,text,text,text,uuid,integer,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION accept_webhook(uuid,uuid,uuid,text,text,text,text,text,jsonb,jsonb,text,inet,timestamp with time zone,uuid,text,text,text,uuid,integer,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.add_shared_number_member(number uuid, grant_id uuid, member uuid, member_connection uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      IF NOT EXISTS (SELECT FROM channel_connections n JOIN organizations o ON o.id = n.org_id AND o.is_platform_owner
          WHERE n.org_id = auth_org_id() AND n.id = number AND n.routing = 'shared' AND n.shared_connection_id IS NULL) THEN
        RETURN 'no_number';
      END IF;
      IF NOT EXISTS (SELECT FROM organizations o WHERE o.id = member) THEN RETURN 'no_organization'; END IF;
      INSERT INTO shared_number_members (org_id, id, connection_id, member_org_id, member_connection_id)
        VALUES (auth_org_id(), grant_id, number, member, member_connection)
        ON CONFLICT (org_id, connection_id, member_org_id) DO NOTHING;
      IF NOT FOUND THEN RETURN 'member_already'; END IF;
      INSERT INTO channel_connections (org_id, id, provider, channel, address, provider_account_id, provider_number_id, friendly_name,
          webhook_verify_token, routing, sends_per_second, last_verified_at, shared_connection_id)
        SELECT member, member_connection, n.provider, n.channel, n.address, n.provider_account_id, n.provider_number_id, n.friendly_name,
          gen_random_uuid()::text, 'shared', n.sends_per_second, n.last_verified_at, n.id
        FROM channel_connections n WHERE n.org_id = auth_org_id() AND n.id = number;
      RETURN NULL;
    END $function$;
ALTER FUNCTION add_shared_number_member(uuid,uuid,uuid,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION add_shared_number_member(uuid,uuid,uuid,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.answers_consent_word(org uuid, conversation uuid, answered uuid, address text, wanted_channel text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT EXISTS (
        SELECT FROM messages m JOIN consent_events e ON e.org_id = m.org_id AND e.phone = address
          AND e.channel = wanted_channel AND e.source = 'keyword' AND e.evidence->>'messageId' = m.provider_message_id
        WHERE m.org_id = org AND m.id = answered AND m.conversation_id = conversation AND m.direction = 'incoming')
    $function$;
ALTER FUNCTION answers_consent_word(uuid,uuid,uuid,text,text) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION answers_consent_word(uuid,uuid,uuid,text,text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION answers_consent_word(uuid,uuid,uuid,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.auth_org_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT NULLIF(current_setting('app.org_id', true), '')::uuid $function$;
ALTER FUNCTION auth_org_id() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION auth_org_id() TO frontdesk_app;
GRANT EXECUTE ON FUNCTION auth_org_id() TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION auth_org_id() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.auth_user_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT NULLIF(current_setting('app.user_id', true), '')::uuid $function$;
ALTER FUNCTION auth_user_id() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION auth_user_id() TO frontdesk_app;
GRANT EXECUTE ON FUNCTION auth_user_id() TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION auth_user_id() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.close_opted_out_line()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE prefix text := NEW.channel || CASE NEW.purpose WHEN 'marketing' THEN '_marketing' ELSE '' END;
    BEGIN
      IF NOT consent_allows(NEW.org_id, NEW.phone, NEW.channel, NEW.purpose) THEN
        EXECUTE format('UPDATE phone_number_mappings SET %1$I = false, %2$I = GREATEST(%2$I, $3)
          WHERE org_id = $1 AND phone_number = $2 AND %1$I', prefix || '_opted_in', prefix || '_opted_out_at')
          USING NEW.org_id, NEW.phone, NEW.at;
      END IF;
      RETURN NULL;
    END $function$;
ALTER FUNCTION close_opted_out_line() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.connection_figures_of(orgs uuid[])
 RETURNS TABLE(org_id uuid, active integer, total integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT c.org_id, count(*) FILTER (WHERE c.is_active)::int, count(*)::int
      FROM unnest(orgs) wanted JOIN channel_connections c ON c.org_id = wanted GROUP BY c.org_id
    $function$;
ALTER FUNCTION connection_figures_of(uuid[]) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION connection_figures_of(uuid[]) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.consent_allows(org uuid, address text, wanted_channel text, wanted_purpose text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
      WITH line AS MATERIALIZED (
        SELECT action, source, date_trunc('milliseconds', at) AS at FROM consent_events
        WHERE org_id = org AND phone = address AND channel = wanted_channel AND purpose = wanted_purpose
      ), suppressed AS (
        SELECT max(at) AS at FROM line WHERE source = 'suppression'
      ), lifted AS (
        SELECT min(line.at) AS at FROM line, suppressed
        WHERE action = 'opt_in' AND source = 'keyword' AND line.at > suppressed.at
      ), given AS (
        SELECT action, line.at FROM line, suppressed, lifted
        WHERE source <> 'inbound_message'
          AND (suppressed.at IS NULL OR action = 'opt_out' OR source = 'keyword' OR line.at >= lifted.at)
      )
      SELECT COALESCE(
        (SELECT action = 'opt_in' FROM given ORDER BY at DESC, action = 'opt_out' DESC LIMIT 1),
        EXISTS (SELECT FROM line WHERE action = 'opt_in'))
    $function$;
ALTER FUNCTION consent_allows(uuid,text,text,text) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION consent_allows(uuid,text,text,text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION consent_allows(uuid,text,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.contact_changes(contacts uuid[], before_at timestamp with time zone, before_id uuid, page_size integer)
 RETURNS TABLE(id uuid, created_at timestamp with time zone, event_type text, actor text, actor_type text, old_values jsonb, new_values jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT a.id, a.created_at, a.event_type, a.actor, a.actor_type, a.old_values, a.new_values
      FROM unnest(contacts) contact CROSS JOIN LATERAL (
        SELECT * FROM audit_logs e
        WHERE e.org_id = auth_org_id() AND e.table_name = 'contacts' AND e.record_id = contact
          AND (e.created_at, e.id) < (before_at, before_id)
        ORDER BY e.created_at DESC, e.id DESC LIMIT LEAST(page_size, 201)
      ) a
    $function$;
ALTER FUNCTION contact_changes(uuid[],timestamp with time zone,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION contact_changes(uuid[],timestamp with time zone,uuid,integer) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION contact_changes(uuid[],timestamp with time zone,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.contact_import_due(status contact_import_status, updated_at timestamp with time zone, finished_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
      SELECT CASE
        WHEN status = 'running' AND updated_at < now() - interval '3 minutes' THEN 'stalled'
        WHEN status = 'uploading' AND updated_at < now() - interval '1 hour' THEN 'expired'
        WHEN status IN ('uploaded', 'checked') AND updated_at < now() - interval '2 days' THEN 'expired'
        WHEN finished_at < now() - interval '90 days' AND status <> 'running' THEN 'expired'
      END
    $function$;
ALTER FUNCTION contact_import_due(contact_import_status,timestamp with time zone,timestamp with time zone) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION contact_import_due(contact_import_status,timestamp with time zone,timestamp with time zone) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION contact_import_due(contact_import_status,timestamp with time zone,timestamp with time zone) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.contact_search_text(name text, email text, phone text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT COALESCE(search_key(name), '') || COALESCE(' ' || email, '') || COALESCE(' ' || phone, '')
  $function$;
ALTER FUNCTION contact_search_text(text,text,text) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION contact_search_text(text,text,text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION contact_search_text(text,text,text) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION contact_search_text(text,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.count_row_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
        BEGIN
          NEW.version := OLD.version + 1;
          RETURN NEW;
        END $function$;
ALTER FUNCTION count_row_version() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.drop_empty_webhook_log_partitions()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET lock_timeout TO '2s'
 SET "TimeZone" TO 'UTC'
AS $function$
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
    END $function$;
ALTER FUNCTION drop_empty_webhook_log_partitions() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION drop_empty_webhook_log_partitions() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.enqueue_job(task text, payload json, job_key text, run_at timestamp with time zone, max_attempts integer, job_key_mode text)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
    DECLARE org uuid := auth_org_id(); job_id bigint;
    BEGIN
      IF org IS NOT NULL AND payload->>'orgId' IS DISTINCT FROM org::text THEN
        RAISE EXCEPTION 'a job belongs to the organization at hand' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF org IS NULL AND session_user = 'frontdesk_app' THEN
        RAISE EXCEPTION 'a job needs an organization' USING ERRCODE = 'insufficient_privilege';
      END IF;
      SELECT id INTO job_id FROM graphile_worker.add_job(task, payload, NULL, run_at, max_attempts,
        CASE WHEN job_key IS NULL THEN NULL ELSE COALESCE(org::text, 'platform') || ':' || job_key END,
        NULL, NULL, job_key_mode);
      RETURN job_id;
    END $function$;
ALTER FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.enqueue_job(task text, payload json, job_key text, run_at timestamp with time zone, max_attempts integer, job_key_mode text, priority integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
    DECLARE org uuid := auth_org_id(); job_id bigint;
    BEGIN
      IF org IS NOT NULL AND payload->>'orgId' IS DISTINCT FROM org::text THEN
        RAISE EXCEPTION 'a job belongs to the organization at hand' USING ERRCODE = 'insufficient_privilege';
      END IF;
      IF org IS NULL AND session_user = 'frontdesk_app' THEN
        RAISE EXCEPTION 'a job needs an organization' USING ERRCODE = 'insufficient_privilege';
      END IF;
      SELECT id INTO job_id FROM graphile_worker.add_job(task, payload, NULL, run_at, max_attempts,
        CASE WHEN job_key IS NULL THEN NULL ELSE COALESCE(org::text, 'platform') || ':' || job_key END,
        priority, NULL, job_key_mode);
      RETURN job_id;
    END $function$;
ALTER FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text,integer) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text,integer) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text,integer) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION enqueue_job(text,json,text,timestamp with time zone,integer,text,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.enqueue_shared_job(task text, payload json, max_attempts integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE at_hand text := current_setting('app.org_id');
    BEGIN
      PERFORM set_config('app.org_id', '', true);
      PERFORM enqueue_job(task, payload, NULL, NULL, max_attempts, NULL);
      PERFORM set_config('app.org_id', at_hand, true);
    END $function$;
ALTER FUNCTION enqueue_shared_job(text,json,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION enqueue_shared_job(text,json,integer) TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.ensure_month_partitions(parent text, months_ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
        DECLARE
          month date; name text; made int := 0;
        BEGIN
          IF parent NOT IN ('audit_logs', 'webhook_logs') THEN
            RAISE EXCEPTION 'not a table with monthly partitions' USING ERRCODE = 'invalid_parameter_value';
          END IF;
          IF months_ahead NOT BETWEEN 0 AND 24 THEN
            RAISE EXCEPTION 'at most two years ahead' USING ERRCODE = 'invalid_parameter_value';
          END IF;
          FOR i IN 0..months_ahead LOOP
            month := date_trunc('month', now() AT TIME ZONE 'UTC')::date + make_interval(months => i);
            name := parent || '_' || to_char(month, 'YYYY_MM');
            CONTINUE WHEN to_regclass(name) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
              month::text || ' 00:00:00+00', (month + interval '1 month')::date::text || ' 00:00:00+00');
            -- A partition is reached through its parent alone: by itself it shows nothing to anyone.
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
            IF parent = 'audit_logs' THEN
              EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                name || '_no_truncate', name);
              EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_no_truncate');
            END IF;
            made := made + 1;
          END LOOP;
          RETURN made;
        END $function$;
ALTER FUNCTION ensure_month_partitions(text,integer) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION ensure_month_partitions(text,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.expire_idempotency_keys()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE gone int;
    BEGIN
      DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours';
      GET DIAGNOSTICS gone = ROW_COUNT;
      RETURN gone;
    END $function$;
ALTER FUNCTION expire_idempotency_keys() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION expire_idempotency_keys() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.expire_webhook_events(batch integer DEFAULT 10000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    END $function$;
ALTER FUNCTION expire_webhook_events(integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION expire_webhook_events(integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.expire_webhook_logs(batch integer DEFAULT 10000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    END $function$;
ALTER FUNCTION expire_webhook_logs(integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION expire_webhook_logs(integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.facets_of_contact(tags text[], interests text[], fields jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
      SELECT array(
        SELECT 'tag:' || left(search_key(tag), 200) FROM unnest(tags) tag
        UNION SELECT 'interest:' || left(search_key(interest), 200) FROM unnest(interests) interest
        UNION SELECT 'field:' || key || ':' || left(search_key(value), 200) FROM jsonb_each_text(fields) WHERE value IS NOT NULL)
    $function$;
ALTER FUNCTION facets_of_contact(text[],text[],jsonb) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION facets_of_contact(text[],text[],jsonb) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION facets_of_contact(text[],text[],jsonb) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION facets_of_contact(text[],text[],jsonb) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_account_connections(wanted_provider text, wanted_channel text, wanted_account text)
 RETURNS TABLE(id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT d.connection_id FROM connection_directory d
        JOIN channel_connections c ON c.org_id = d.org_id AND c.id = d.connection_id
      WHERE d.provider = wanted_provider AND d.channel = wanted_channel AND d.provider_account_id = wanted_account
      ORDER BY c.is_active DESC, d.connection_id LIMIT 20
    $function$;
ALTER FUNCTION find_account_connections(text,text,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_account_connections(text,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_api_keys(wanted_prefix text)
 RETURNS TABLE(org_id uuid, id uuid, secret_hash text, previous_secret_hash text, previous_secret_until timestamp with time zone, scopes text[], expires_at timestamp with time zone, revoked_at timestamp with time zone, org_status text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT k.org_id, k.id, k.secret_hash, k.previous_secret_hash, k.previous_secret_until, k.scopes, k.expires_at,
        k.revoked_at, o.status::text
      FROM api_keys k JOIN organizations o ON o.id = k.org_id WHERE k.prefix = wanted_prefix
    $function$;
ALTER FUNCTION find_api_keys(text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_api_keys(text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_closing_windows(closing_from timestamp with time zone, closing_until timestamp with time zone, after_end timestamp with time zone, after_org uuid, after_id uuid, page_size integer)
 RETURNS TABLE(org_id uuid, id uuid, ends_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT c.org_id, c.id, c.session_window_ends_at FROM conversations c
      WHERE c.session_window_ends_at > closing_from AND c.session_window_ends_at <= closing_until
        AND (c.session_window_ends_at, c.org_id, c.id) > (after_end, after_org, after_id)
        AND c.window_warned_at IS DISTINCT FROM c.session_window_ends_at AND c.status IN ('open', 'pending')
      ORDER BY c.session_window_ends_at, c.org_id, c.id LIMIT LEAST(page_size, 500)
    $function$;
ALTER FUNCTION find_closing_windows(timestamp with time zone,timestamp with time zone,timestamp with time zone,uuid,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_closing_windows(timestamp with time zone,timestamp with time zone,timestamp with time zone,uuid,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_contact_duplicates(after_id uuid, until_id uuid)
 RETURNS TABLE(contact_id uuid, other_id uuid, score integer, reasons text[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT c.id, o.id,
        LEAST(100, CASE WHEN c.email = o.email THEN 70 ELSE 0 END
          + CASE WHEN right(c.phone, 7) = right(o.phone, 7) THEN 50 ELSE 0 END
          + (30 * alike.names)::int),
        array_remove(ARRAY[CASE WHEN c.email = o.email THEN 'same_email' END,
          CASE WHEN right(c.phone, 7) = right(o.phone, 7) THEN 'similar_phone' END,
          CASE WHEN alike.names >= 0.4 THEN 'similar_name' END], NULL)
      FROM contacts c
        CROSS JOIN LATERAL (
          (SELECT e.id FROM contacts e WHERE e.org_id = c.org_id AND e.email = c.email AND e.id > c.id ORDER BY e.id LIMIT 20)
          UNION
          (SELECT p.id FROM contacts p WHERE p.org_id = c.org_id AND right(p.phone, 7) = right(c.phone, 7) AND p.id > c.id
            ORDER BY p.id LIMIT 20)
        ) near
        JOIN contacts o ON o.org_id = c.org_id AND o.id = near.id
        CROSS JOIN LATERAL (SELECT COALESCE(extensions.similarity(c.name, o.name), 0) AS names) alike
      WHERE c.org_id = auth_org_id() AND c.id > after_id AND c.id <= until_id
        AND (c.email = o.email OR alike.names >= 0.4)
    $function$;
ALTER FUNCTION find_contact_duplicates(uuid,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_contact_duplicates(uuid,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_expiring_credentials(ends_before timestamp with time zone, after_org uuid, after_id uuid, page_size integer)
 RETURNS TABLE(org_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT c.org_id, c.id FROM channel_connections c
      WHERE c.credentials_expire_at < ends_before AND (c.org_id, c.id) > (after_org, after_id)
      ORDER BY c.org_id, c.id LIMIT LEAST(page_size, 500)
    $function$;
ALTER FUNCTION find_expiring_credentials(timestamp with time zone,uuid,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_expiring_credentials(timestamp with time zone,uuid,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_handshake_connection(wanted_provider text, wanted_channel text, token text, wanted_id uuid)
 RETURNS TABLE(org_id uuid, id uuid, fits boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT d.org_id, d.connection_id, d.webhook_verify_token = token FROM connection_directory d
      WHERE d.provider = wanted_provider AND d.channel = wanted_channel
        AND (d.connection_id = wanted_id OR (wanted_id IS NULL AND d.webhook_verify_token = token))
    $function$;
ALTER FUNCTION find_handshake_connection(text,text,text,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_handshake_connection(text,text,text,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_kept_answer(caller_org uuid, wanted_operation text, wanted_key text)
 RETURNS TABLE(id uuid, fingerprint text, response_status integer, response_body json, sealed_body text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT k.id, k.fingerprint, k.response_status, k.response_body, k.sealed_body FROM idempotency_keys k
      WHERE k.org_id = caller_org AND k.operation = wanted_operation AND k.key = wanted_key
    $function$;
ALTER FUNCTION find_kept_answer(uuid,text,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_kept_answer(uuid,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_operator_access(org uuid, access uuid)
 RETURNS TABLE(operator_id uuid, session_id uuid, expires_at timestamp with time zone, ended_at timestamp with time zone, org_status text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT a.operator_id, a.session_id, a.expires_at, a.ended_at, o.status::text
      FROM operator_accesses a JOIN organizations o ON o.id = a.org_id WHERE a.org_id = org AND a.id = access
    $function$;
ALTER FUNCTION find_operator_access(uuid,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_operator_access(uuid,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_organization_by_slug(wanted_slug text)
 RETURNS TABLE(id uuid, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT o.id, o.name FROM organizations o WHERE o.slug = wanted_slug
    $function$;
ALTER FUNCTION find_organization_by_slug(text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_organization_by_slug(text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_platform_owner()
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT o.id FROM organizations o WHERE o.is_platform_owner
    $function$;
ALTER FUNCTION find_platform_owner() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_platform_owner() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_shared_candidates(number uuid, sender text, sender_phone text, word text)
 RETURNS TABLE(org_id uuid, name text, locale text, is_customer boolean, mapping_id uuid, last_said_at timestamp with time zone, is_opted_out boolean, own_word text, is_closed_here boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      WITH member AS (
        SELECT m.member_org_id AS org_id, m.member_connection_id AS connection_id, n.channel
        FROM shared_number_members m JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        WHERE m.org_id = auth_org_id() AND m.connection_id = number
      ), customer AS (
        SELECT p.org_id FROM phone_number_mappings p WHERE p.phone_number = sender
        UNION SELECT c.org_id FROM member m JOIN contacts c ON c.org_id = m.org_id WHERE c.phone = sender_phone
      ), known AS (
        SELECT c.org_id FROM customer c
        UNION SELECT s.org_id FROM users u JOIN memberships s ON s.user_id = u.id
          WHERE u.phone_number = sender_phone AND u.status = 'active'
      )
      SELECT m.org_id, o.name, o.locale, m.org_id IN (SELECT c.org_id FROM customer c), k.id,
        (SELECT max(v.last_message_at) FROM conversations v
          WHERE v.org_id = m.org_id AND v.contact_id = k.contact_id AND v.connection_id = m.connection_id),
        COALESCE(CASE m.channel WHEN 'whatsapp' THEN NOT k.whatsapp_opted_in AND k.whatsapp_opted_out_at IS NOT NULL WHEN 'sms' THEN NOT k.sms_opted_in AND k.sms_opted_out_at IS NOT NULL WHEN 'voice' THEN NOT k.voice_opted_in AND k.voice_opted_out_at IS NOT NULL END, false),
        (SELECT w.action::text FROM consent_keywords w
          WHERE w.org_id = m.org_id AND w.normalized_word = word AND w.purpose = 'transactional'),
        COALESCE((SELECT (e.action = 'opt_out' AND e.source = 'keyword'
            AND COALESCE(e.evidence->>'connectionId' = m.connection_id::text, false)) FROM consent_events e
          WHERE e.org_id = m.org_id AND e.phone = sender AND e.channel = m.channel AND e.purpose = 'transactional' ORDER BY e.at DESC, e.id DESC LIMIT 1), false)
          AND COALESCE((SELECT e.action = 'opt_in' FROM consent_events e
          WHERE e.org_id = m.org_id AND e.phone = sender AND e.channel = m.channel AND e.purpose = 'transactional' AND NOT (e.action = 'opt_out' AND e.source = 'keyword'
            AND COALESCE(e.evidence->>'connectionId' = m.connection_id::text, false)) ORDER BY e.at DESC, e.id DESC LIMIT 1), false)
      FROM known w JOIN member m ON m.org_id = w.org_id JOIN organizations o ON o.id = m.org_id
        LEFT JOIN phone_number_mappings k ON k.org_id = m.org_id AND k.phone_number = sender
      ORDER BY o.name, m.org_id
    $function$;
ALTER FUNCTION find_shared_candidates(uuid,text,text,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_shared_candidates(uuid,text,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_shared_member(wanted uuid)
 RETURNS TABLE(org_id uuid, id uuid, number_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT m.member_org_id, m.member_connection_id, m.connection_id FROM shared_number_members m
      WHERE m.member_connection_id = wanted
    $function$;
ALTER FUNCTION find_shared_member(uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_shared_member(uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_shared_message(number uuid, message uuid, provider_message text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      WITH member AS (
        SELECT m.member_org_id AS org_id, m.member_connection_id AS connection_id, n.channel
        FROM shared_number_members m JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        WHERE m.org_id = auth_org_id() AND m.connection_id = number
      )
      SELECT m.org_id FROM member m
      WHERE EXISTS (SELECT FROM messages x WHERE x.org_id = m.org_id AND x.id = message)
        OR EXISTS (SELECT FROM messages x WHERE x.org_id = m.org_id AND x.provider_message_id = provider_message)
      LIMIT 1
    $function$;
ALTER FUNCTION find_shared_message(uuid,uuid,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_shared_message(uuid,uuid,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_similar_contacts(wanted text, most integer)
 RETURNS TABLE(contact_id uuid, distance real)
 LANGUAGE sql
 STABLE SECURITY DEFINER ROWS 50
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT near.id, near.distance FROM (
        SELECT c.id, c.search_text OPERATOR(extensions.<->>>) search_key(wanted) AS distance FROM contacts c
        WHERE c.org_id = auth_org_id()
        ORDER BY c.search_text OPERATOR(extensions.<->>>) search_key(wanted) LIMIT LEAST(most, 2000)
      ) near WHERE near.distance < 0.67
      ORDER BY near.distance, near.id
    $function$;
ALTER FUNCTION find_similar_contacts(text,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_similar_contacts(text,integer) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION find_similar_contacts(text,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_stuck_messages(idle_since timestamp with time zone, after_org uuid, after_id uuid, page_size integer)
 RETURNS TABLE(org_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
        SELECT m.org_id, m.id FROM messages m
        WHERE (status = 'unknown' OR (status = 'sending' AND provider_message_id IS NULL)
          OR (status = 'queued' AND (lane < 2 OR connection_id IS NULL)))
          AND (m.org_id, m.id) > (after_org, after_id) AND greatest(m.queued_at, m.attempted_at) < idle_since
        ORDER BY m.org_id, m.id LIMIT LEAST(page_size, 500)
      $function$;
ALTER FUNCTION find_stuck_messages(timestamp with time zone,uuid,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_stuck_messages(timestamp with time zone,uuid,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.find_webhook_connection(wanted_provider text, wanted_channel text, wanted_address text, wanted_number_id text, wanted_account text, wanted_id uuid)
 RETURNS TABLE(org_id uuid, id uuid, provider text, channel text, address text, provider_account_id text, provider_number_id text, routing text, credentials text, wrapped_key text, master_key_id text, previous_credentials text, previous_wrapped_key text, previous_master_key_id text, previous_until timestamp with time zone, observe_until timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    $function$;
ALTER FUNCTION find_webhook_connection(text,text,text,text,text,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION find_webhook_connection(text,text,text,text,text,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.forget_consent_address(address text, pseudonym text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE forgotten int;
    BEGIN
      IF pseudonym !~ '^erased:[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'not a pseudonym' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      UPDATE consent_events SET phone = pseudonym, evidence = '{}' WHERE org_id = auth_org_id() AND phone = address;
      GET DIAGNOSTICS forgotten = ROW_COUNT;
      RETURN forgotten;
    END $function$;
ALTER FUNCTION forget_consent_address(text,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION forget_consent_address(text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.forget_shared_deliveries(addresses text[], kept text[], after_at timestamp with time zone, after_id uuid, rows_at_once integer)
 RETURNS TABLE(received_at text, id uuid)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE until_at timestamptz; until_id uuid;
    BEGIN
      SELECT l.received_at, l.id INTO until_at, until_id FROM webhook_logs l
        WHERE l.org_id IS NULL AND (l.received_at, l.id) > (after_at, after_id)
        ORDER BY l.received_at, l.id OFFSET rows_at_once - 1 LIMIT 1;
      UPDATE webhook_logs l SET headers = '{}', signature = NULL, payload = '{"$forgotten": "true"}' || COALESCE((
          SELECT jsonb_object_agg(key, value) FROM jsonb_each(l.payload) WHERE key = ANY (kept)), '{}')
        WHERE l.org_id IS NULL AND (l.received_at, l.id) > (after_at, after_id)
          AND (until_at IS NULL OR (l.received_at, l.id) <= (until_at, until_id))
          AND l.connection_id IN (SELECT c.id FROM channel_connections c JOIN organizations o ON o.id = c.org_id AND o.is_platform_owner)
          AND (l.processing_status = 'processed' OR l.processing_completed_at IS NOT NULL OR (l.webhook_type = 'message_status'
            AND NOT EXISTS (SELECT FROM unnest(addresses) address WHERE is_known_to_others(l.connection_id, address))))
          AND NOT l.payload ? '$forgotten'
          AND EXISTS (SELECT FROM jsonb_each_text(l.payload) field WHERE field.value = ANY (addresses))
          AND NOT EXISTS (SELECT FROM webhook_logs other
            WHERE other.external_id = l.external_id AND other.org_id <> auth_org_id())
          AND (l.connection_id IN (SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id()) OR EXISTS (
            SELECT FROM webhook_logs own WHERE own.external_id = l.external_id AND own.org_id = auth_org_id()));
      IF until_at IS NULL THEN RETURN; END IF;
      RETURN QUERY SELECT to_char(until_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), until_id;
    END $function$;
ALTER FUNCTION forget_shared_deliveries(text[],text[],timestamp with time zone,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION forget_shared_deliveries(text[],text[],timestamp with time zone,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.forget_shared_parked(parked uuid[], kept text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE one parked_deliveries%ROWTYPE;
    BEGIN
      FOR one IN SELECT * FROM parked_deliveries p WHERE p.id = ANY (parked) AND p.settled_at IS NULL AND p.connection_id IN (SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id()) AND NOT is_known_to_others(p.connection_id, p.address) ORDER BY p.id FOR UPDATE LOOP
        UPDATE webhook_logs l SET headers = '{}', signature = NULL, payload = '{"$forgotten": "true"}' || COALESCE((
          SELECT jsonb_object_agg(key, value) FROM jsonb_each(l.payload) WHERE key = ANY (kept)), '{}'), processing_status = 'failed', error_message = 'sender_erased',
            processing_completed_at = clock_timestamp()
          WHERE l.id = one.webhook_log_id AND l.received_at = one.received_at AND l.org_id IS NULL AND l.processing_status = 'pending';
        UPDATE processed_webhook_events e SET status = 'failed', processed_at = clock_timestamp(), error_message = 'sender_erased'
          WHERE e.org_id = one.org_id AND e.id = one.claim_id;
        UPDATE parked_deliveries p SET state = 'discarded', settled_at = now(), address = NULL
          WHERE p.org_id = one.org_id AND p.id = one.id;
      END LOOP;
    END $function$;
ALTER FUNCTION forget_shared_parked(uuid[],text[]) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION forget_shared_parked(uuid[],text[]) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.forget_shared_senders(addresses text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      DELETE FROM shared_senders s USING organizations o
        WHERE o.is_platform_owner AND s.org_id = o.id AND s.address = ANY (addresses)
        AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options) OR s.connection_id IN (SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id())) AND NOT is_known_to_others(s.connection_id, s.address);
      UPDATE shared_senders s SET options = array_replace(s.options, auth_org_id(), '00000000-0000-0000-0000-000000000000'),
          chosen_org_id = NULLIF(s.chosen_org_id, auth_org_id())
        FROM organizations o
        WHERE o.is_platform_owner AND s.org_id = o.id AND s.address = ANY (addresses)
        AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options) OR s.connection_id IN (SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id())) AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options));
    END $function$;
ALTER FUNCTION forget_shared_senders(text[]) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION forget_shared_senders(text[]) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.forget_stored_media()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      PERFORM enqueue_job('conversations.delete-media',
        json_build_object('orgId', OLD.org_id, 'requestId',
          COALESCE(NULLIF(current_setting('app.request_id', true), '')::uuid, new_uuid_v7()), 'mediaId', OLD.id),
        NULL, NULL, 25, 'replace', 0);
      RETURN NULL;
    END $function$;
ALTER FUNCTION forget_stored_media() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION forget_stored_media() TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.forget_verification()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF current_setting('app.same_person', true) IS DISTINCT FROM 'on' THEN
        NEW.is_verified := false;
        NEW.verified_at := NULL;
      END IF;
      RETURN NEW;
    END $function$;
ALTER FUNCTION forget_verification() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.get_org_audit_logs(org_id uuid, since timestamp with time zone DEFAULT NULL::timestamp with time zone, until timestamp with time zone DEFAULT NULL::timestamp with time zone, event_type text DEFAULT NULL::text, table_name text DEFAULT NULL::text, record_id uuid DEFAULT NULL::uuid, actor text DEFAULT NULL::text, before_created_at timestamp with time zone DEFAULT NULL::timestamp with time zone, before_id uuid DEFAULT NULL::uuid, page_size integer DEFAULT 50)
 RETURNS SETOF audit_logs
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
        BEGIN
          IF get_org_audit_logs.org_id IS DISTINCT FROM auth_org_id() OR auth_org_id() IS NULL THEN
            RAISE EXCEPTION 'only the organization at hand can be read' USING ERRCODE = 'insufficient_privilege';
          END IF;
          RETURN QUERY SELECT * FROM audit_logs a
            WHERE a.org_id = get_org_audit_logs.org_id
              AND (since IS NULL OR a.created_at >= since) AND (until IS NULL OR a.created_at < until)
              AND (get_org_audit_logs.event_type IS NULL OR a.event_type = get_org_audit_logs.event_type)
              AND (get_org_audit_logs.table_name IS NULL OR a.table_name = get_org_audit_logs.table_name)
              AND (get_org_audit_logs.record_id IS NULL OR a.record_id = get_org_audit_logs.record_id)
              AND (get_org_audit_logs.actor IS NULL OR a.actor = get_org_audit_logs.actor)
              AND (before_created_at IS NULL OR (a.created_at, a.id) < (before_created_at, before_id))
            ORDER BY a.created_at DESC, a.id DESC LIMIT LEAST(page_size, 201);
        END $function$;
ALTER FUNCTION get_org_audit_logs(uuid,timestamp with time zone,timestamp with time zone,text,text,uuid,text,timestamp with time zone,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION get_org_audit_logs(uuid,timestamp with time zone,timestamp with time zone,text,text,uuid,text,timestamp with time zone,uuid,integer) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION get_org_audit_logs(uuid,timestamp with time zone,timestamp with time zone,text,text,uuid,text,timestamp with time zone,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.give_addresses_to_contact()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        UPDATE phone_number_mappings SET contact_id = OLD.id
          WHERE org_id = OLD.org_id AND contact_id IS NULL
            AND phone_number COLLATE "default" IN (OLD.phone COLLATE "default", OLD.whatsapp_id COLLATE "default");
      END IF;
      UPDATE phone_number_mappings SET contact_id = NEW.id
        WHERE org_id = NEW.org_id AND contact_id IS DISTINCT FROM NEW.id
          AND phone_number COLLATE "default" IN (NEW.phone COLLATE "default", NEW.whatsapp_id COLLATE "default");
      RETURN NULL;
    END $function$;
ALTER FUNCTION give_addresses_to_contact() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.guard_api_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        RAISE EXCEPTION 'an API key is revoked for good' USING ERRCODE = 'check_violation';
      END IF;
      NEW.previous_secret_hash := CASE
        WHEN NEW.secret_hash IS DISTINCT FROM OLD.secret_hash THEN OLD.secret_hash ELSE OLD.previous_secret_hash END;
      RETURN NEW;
    END $function$;
ALTER FUNCTION guard_api_key() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.has_webhook_logs(since timestamp with time zone, until timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT EXISTS (SELECT FROM webhook_logs WHERE received_at >= since AND received_at < until)
    $function$;
ALTER FUNCTION has_webhook_logs(timestamp with time zone,timestamp with time zone) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION has_webhook_logs(timestamp with time zone,timestamp with time zone) TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.is_known_to_others(number uuid, sender text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT EXISTS (
        SELECT FROM shared_number_members m
        WHERE m.connection_id = number AND m.member_org_id <> auth_org_id() AND (
          EXISTS (SELECT FROM phone_number_mappings p WHERE p.org_id = m.member_org_id AND p.phone_number = sender)
          OR EXISTS (SELECT FROM contacts c WHERE c.org_id = m.member_org_id AND c.phone = sender)
          OR EXISTS (SELECT FROM contacts c WHERE c.org_id = m.member_org_id AND c.whatsapp_id = sender)
          OR EXISTS (SELECT FROM users u JOIN memberships s ON s.user_id = u.id
            WHERE s.org_id = m.member_org_id AND u.phone_number = sender)))
    $function$;
ALTER FUNCTION is_known_to_others(uuid,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION is_known_to_others(uuid,text) TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.is_member_address(wanted_email text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT EXISTS (
        SELECT FROM users u JOIN memberships m ON m.user_id = u.id
        WHERE u.email = wanted_email AND m.org_id = NULLIF(current_setting('app.org_id', true), '')::uuid
      )
    $function$;
ALTER FUNCTION is_member_address(text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION is_member_address(text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION is_member_address(text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.job_figures_of(orgs uuid[])
 RETURNS TABLE(org_id uuid, waiting integer, dead integer, lag_seconds double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT (j.payload->>'orgId')::uuid, count(*) FILTER (WHERE j.is_available AND j.run_at <= now())::int,
        count(*) FILTER (WHERE NOT j.is_available AND j.locked_at IS NULL)::int,
        COALESCE(extract(epoch FROM now() - min(j.run_at) FILTER (WHERE j.is_available AND j.run_at <= now())), 0)::float8
      FROM graphile_worker._private_jobs j WHERE j.payload->>'orgId' = ANY (orgs::text[]) GROUP BY 1
    $function$;
ALTER FUNCTION job_figures_of(uuid[]) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION job_figures_of(uuid[]) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.job_queue_figures()
 RETURNS TABLE(waiting bigint, scheduled bigint, running bigint, dead bigint, lag_seconds double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT count(*) FILTER (WHERE is_available AND run_at <= now()),
             count(*) FILTER (WHERE is_available AND run_at > now()),
             count(*) FILTER (WHERE locked_at IS NOT NULL),
             count(*) FILTER (WHERE NOT is_available AND locked_at IS NULL),
             COALESCE(extract(epoch FROM now() - min(run_at) FILTER (WHERE is_available AND run_at <= now())), 0)::float8
      FROM graphile_worker._private_jobs
    $function$;
ALTER FUNCTION job_queue_figures() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION job_queue_figures() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.keep_answer(caller_org uuid, answer uuid, made_by text, made_with text, digest text, status integer, body json, sealed text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      INSERT INTO idempotency_keys (org_id, id, operation, key, fingerprint, response_status, response_body, sealed_body)
      VALUES (caller_org, answer, made_by, made_with, digest, status, body, sealed)
    $function$;
ALTER FUNCTION keep_answer(uuid,uuid,text,text,text,integer,json,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION keep_answer(uuid,uuid,text,text,text,integer,json,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.keep_directory()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE routing text; shared uuid;
    BEGIN
      SELECT c.routing, c.shared_connection_id INTO routing, shared FROM channel_connections c
        WHERE c.org_id = NEW.org_id AND c.id = NEW.connection_id;
      IF shared IS NOT NULL THEN RETURN NULL; END IF;
      IF routing = 'shared' AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = NEW.org_id AND o.is_platform_owner) THEN
        RAISE EXCEPTION 'only the operator of the installation shares numbers'
          USING ERRCODE = 'check_violation', TABLE = 'channel_connections', CONSTRAINT = 'channel_connections_owner';
      END IF;
      RETURN NEW;
    END $function$;
ALTER FUNCTION keep_directory() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION keep_directory() TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.list_dead_jobs(page_size integer, before_id bigint)
 RETURNS TABLE(id bigint, task text, attempts integer, last_error text, created_at timestamp with time zone, failed_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT j.id, t.identifier, j.attempts::int, j.last_error, j.created_at, j.updated_at
      FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE j.attempts >= j.max_attempts AND j.locked_at IS NULL
        AND j.payload->>'orgId' = auth_org_id()::text
        AND (before_id IS NULL OR j.id < before_id)
      ORDER BY j.id DESC LIMIT LEAST(page_size, 201)
    $function$;
ALTER FUNCTION list_dead_jobs(integer,bigint) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION list_dead_jobs(integer,bigint) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION list_dead_jobs(integer,bigint) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_due_contact_imports()
 RETURNS TABLE(org_id uuid, id uuid, due text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT * FROM (
        SELECT i.org_id, i.id, contact_import_due(i.status, i.updated_at, i.finished_at) AS due FROM contact_imports i
      ) found WHERE found.due IS NOT NULL LIMIT 1000
    $function$;
ALTER FUNCTION list_due_contact_imports() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_due_contact_imports() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_due_held_messages(due_at timestamp with time zone)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT DISTINCT m.org_id FROM messages m WHERE m.status = 'held' AND m.held_until <= due_at
    $function$;
ALTER FUNCTION list_due_held_messages(timestamp with time zone) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_due_held_messages(timestamp with time zone) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_due_media()
 RETURNS TABLE(org_id uuid, id uuid, due text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      (SELECT m.org_id, m.id, CASE WHEN m.created_at < now() - interval '1 day' THEN 'lost' ELSE 'waiting' END
       FROM media_files m
       WHERE m.status = 'pending' AND m.message_id IS NOT NULL AND m.created_at < now() - interval '15 minutes'
       ORDER BY m.created_at LIMIT 1000)
      UNION ALL
      (SELECT m.org_id, m.id, 'expired' FROM media_files m WHERE m.expires_at < now() ORDER BY m.expires_at LIMIT 1000)
    $function$;
ALTER FUNCTION list_due_media() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_due_media() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_ended_observations()
 RETURNS TABLE(org_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT c.org_id, c.id FROM channel_connections c
      WHERE c.verification_mode = 'observe' AND c.observe_until <= now() ORDER BY c.observe_until LIMIT 1000
    $function$;
ALTER FUNCTION list_ended_observations() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_ended_observations() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_ended_overlaps()
 RETURNS TABLE(org_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
          SELECT c.org_id, c.id FROM channel_connections c
          WHERE c.previous_credentials_until <= now() ORDER BY c.previous_credentials_until LIMIT 1000
        $function$;
ALTER FUNCTION list_ended_overlaps() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_ended_overlaps() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_idle_bulk_connections(idle_since timestamp with time zone)
 RETURNS TABLE(org_id uuid, connection_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT DISTINCT m.org_id, m.connection_id FROM messages m
      WHERE m.status = 'queued' AND m.lane = 2 AND m.connection_id IS NOT NULL AND m.queued_at < idle_since
    $function$;
ALTER FUNCTION list_idle_bulk_connections(timestamp with time zone) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_idle_bulk_connections(timestamp with time zone) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_open_calls(started_before timestamp with time zone, after_start timestamp with time zone, after_id uuid, most integer)
 RETURNS TABLE(org_id uuid, id uuid, started_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
          SELECT c.org_id, c.id, c.started_at FROM calls c
          WHERE c.status IN ('queued', 'ringing', 'in_progress') AND c.started_at < started_before
            AND (c.started_at, c.id) > (after_start, after_id)
          ORDER BY c.started_at, c.id LIMIT LEAST(most, 500)
        $function$;
ALTER FUNCTION list_open_calls(timestamp with time zone,timestamp with time zone,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_open_calls(timestamp with time zone,timestamp with time zone,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_organization_ids(after_id uuid, page_size integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT o.id FROM organizations o WHERE after_id IS NULL OR o.id > after_id ORDER BY o.id LIMIT LEAST(page_size, 500)
    $function$;
ALTER FUNCTION list_organization_ids(uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_organization_ids(uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_organizations(wanted_status text, part text, before_id uuid, page_size integer)
 RETURNS TABLE(id uuid, name text, slug text, status text, is_platform_owner boolean, created_at timestamp with time zone, suspended_at timestamp with time zone, suspension_reason text, members integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT o.id, o.name, o.slug, o.status::text, o.is_platform_owner, o.created_at, o.suspended_at, o.suspension_reason,
        (SELECT count(*)::int FROM memberships m WHERE m.org_id = o.id)
      FROM organizations o
      WHERE (before_id IS NULL OR o.id < before_id)
        AND (wanted_status IS NULL OR o.status = wanted_status)
        AND (part IS NULL OR position(lower(part) IN lower(o.name)) > 0 OR position(lower(part) IN o.slug) > 0)
      ORDER BY o.id DESC LIMIT LEAST(page_size, 201)
    $function$;
ALTER FUNCTION list_organizations(text,text,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_organizations(text,text,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_organizations_with_old_keys()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT org_id FROM organization_keys GROUP BY org_id HAVING count(*) > 1 ORDER BY org_id
    $function$;
ALTER FUNCTION list_organizations_with_old_keys() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_organizations_with_old_keys() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_platform_webhook_logs(org uuid, source text, type text, external text, connection uuid, status text, verified boolean, wanted_verdict text, response integer, replayed boolean, since timestamp with time zone, until timestamp with time zone, after_at timestamp with time zone, after_id uuid, page_size integer)
 RETURNS TABLE(id uuid, org_id uuid, connection_id uuid, number text, webhook_source text, webhook_type text, external_id text, method text, signature_verified boolean, verdict text, processing_status text, processing_started_at timestamp with time zone, processing_completed_at timestamp with time zone, processing_duration_ms integer, error_message text, retry_count integer, response_status integer, replay_count integer, replayed_at timestamp with time zone, received_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
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
    END $function$;
ALTER FUNCTION list_platform_webhook_logs(uuid,text,text,text,uuid,text,boolean,text,integer,boolean,timestamp with time zone,timestamp with time zone,timestamp with time zone,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_platform_webhook_logs(uuid,text,text,text,uuid,text,boolean,text,integer,boolean,timestamp with time zone,timestamp with time zone,timestamp with time zone,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_shared_number_members(number uuid)
 RETURNS TABLE(id uuid, org_id uuid, name text, locale text, is_suspended boolean, is_active boolean, since timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT m.id, m.member_org_id, o.name, o.locale, o.status = 'suspended', c.is_active, m.created_at
      FROM shared_number_members m JOIN organizations o ON o.id = m.member_org_id
        JOIN channel_connections c ON c.org_id = m.member_org_id AND c.id = m.member_connection_id
      WHERE m.org_id = auth_org_id() AND m.connection_id = number ORDER BY m.id
    $function$;
ALTER FUNCTION list_shared_number_members(uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_shared_number_members(uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_shared_parked(addresses text[])
 RETURNS TABLE(id uuid, webhook_source text, url text, payload jsonb, received_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      PERFORM FROM shared_senders s, organizations o WHERE o.is_platform_owner AND s.org_id = o.id AND s.address = ANY (addresses)
        AND (s.chosen_org_id = auth_org_id() OR auth_org_id() = ANY (s.options) OR s.connection_id IN (SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id())) ORDER BY s.id FOR UPDATE OF s;
      RETURN QUERY
        WITH open AS (
          SELECT p.id, p.webhook_log_id, p.received_at FROM parked_deliveries p
          WHERE p.address = ANY (addresses) AND p.settled_at IS NULL AND p.connection_id IN (SELECT m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id()) AND NOT is_known_to_others(p.connection_id, p.address) ORDER BY p.id FOR UPDATE
        )
        SELECT open.id, l.webhook_source, l.url, l.payload, l.received_at
        FROM open JOIN webhook_logs l ON l.id = open.webhook_log_id AND l.received_at = open.received_at ORDER BY open.id;
    END $function$;
ALTER FUNCTION list_shared_parked(text[]) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_shared_parked(text[]) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.list_user_memberships(member uuid)
 RETURNS TABLE(org_id uuid, org_name text, org_slug text, org_status text, role text, joined_at timestamp with time zone, org_is_platform_owner boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT m.org_id, o.name, o.slug, o.status::text, m.role::text, m.created_at, o.is_platform_owner
      FROM memberships m JOIN organizations o ON o.id = m.org_id
      WHERE m.user_id = member ORDER BY m.created_at, m.org_id
    $function$;
ALTER FUNCTION list_user_memberships(uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION list_user_memberships(uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.lock_shared_pace(member_connection uuid, at timestamp with time zone, burst double precision)
 RETURNS TABLE(available double precision, counted_at timestamp with time zone, blocked_until timestamp with time zone, blocked_times integer, per_second integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE owner uuid; number uuid;
    BEGIN
      SELECT m.org_id, m.connection_id INTO owner, number FROM shared_number_members m WHERE m.member_org_id = auth_org_id() AND m.member_connection_id = member_connection;
      IF NOT FOUND THEN RETURN; END IF;
      INSERT INTO connection_paces (org_id, connection_id, available, counted_at) VALUES (owner, number, burst, at)
        ON CONFLICT (org_id, connection_id) DO NOTHING;
      RETURN QUERY SELECT p.available, p.counted_at, p.blocked_until, p.blocked_times, c.sends_per_second
        FROM connection_paces p JOIN channel_connections c ON c.org_id = p.org_id AND c.id = p.connection_id
        WHERE p.org_id = owner AND p.connection_id = number FOR UPDATE OF p;
    END $function$;
ALTER FUNCTION lock_shared_pace(uuid,timestamp with time zone,double precision) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION lock_shared_pace(uuid,timestamp with time zone,double precision) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.log_audit_event(event_type text, operation text, table_name text, actor text, org_id uuid, query text DEFAULT NULL::text, old jsonb DEFAULT NULL::jsonb, new jsonb DEFAULT NULL::jsonb, record_id uuid DEFAULT NULL::uuid, actor_type text DEFAULT NULL::text, ip_address inet DEFAULT NULL::inet, request_id uuid DEFAULT NULL::uuid)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
        DECLARE event_id uuid := new_uuid_v7();
        BEGIN
          IF (auth_org_id() IS NOT NULL AND log_audit_event.org_id IS DISTINCT FROM auth_org_id())
             OR (auth_org_id() IS NULL AND session_user = 'frontdesk_app') THEN
            RAISE EXCEPTION 'an audit event belongs to the organization at hand' USING ERRCODE = 'insufficient_privilege';
          END IF;
          INSERT INTO audit_logs VALUES (event_id, log_audit_event.org_id, log_audit_event.event_type,
            log_audit_event.operation, log_audit_event.table_name, log_audit_event.record_id,
            COALESCE(log_audit_event.actor, NULLIF(current_setting('app.actor_id', true), ''),
              NULLIF(current_setting('app.actor_type', true), ''), session_user),
            COALESCE(log_audit_event.actor_type, NULLIF(current_setting('app.actor_type', true), ''), 'database'),
            log_audit_event.query, old, new, log_audit_event.ip_address,
            COALESCE(log_audit_event.request_id, NULLIF(current_setting('app.request_id', true), '')::uuid, new_uuid_v7()),
            clock_timestamp());
          RETURN event_id;
        END $function$;
ALTER FUNCTION log_audit_event(text,text,text,text,uuid,text,jsonb,jsonb,uuid,text,inet,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION log_audit_event(text,text,text,text,uuid,text,jsonb,jsonb,uuid,text,inet,uuid) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION log_audit_event(text,text,text,text,uuid,text,jsonb,jsonb,uuid,text,inet,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.log_refused_webhook(log_id uuid, org uuid, source text, type text, external text, url text, method text, headers jsonb, payload jsonb, signature text, ip inet, received timestamp with time zone, status integer, reason text, connection uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address, connection_id, verdict, response_body)
        VALUES (log_id, org, source, type, external, url, method, headers, payload, signature, false, 'failed', reason,
          status, received, ip, connection, reason, jsonb_build_object('status', status, 'code', reason))
    $function$;
ALTER FUNCTION log_refused_webhook(uuid,uuid,text,text,text,text,text,jsonb,jsonb,text,inet,timestamp with time zone,integer,text,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION log_refused_webhook(uuid,uuid,text,text,text,text,text,jsonb,jsonb,text,inet,timestamp with time zone,integer,text,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.master_key_figures()
 RETURNS TABLE(master_key_id text, data_keys bigint, organizations bigint, replaced bigint, sealing bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT k.master_key_id, count(*), count(DISTINCT k.org_id), count(*) FILTER (WHERE k.id <> newest.id),
        count(*) FILTER (WHERE k.id <> newest.id AND k.unused_since IS NULL)
      FROM organization_keys k
        CROSS JOIN LATERAL (SELECT n.id FROM organization_keys n WHERE n.org_id = k.org_id ORDER BY n.id DESC LIMIT 1) newest
      GROUP BY k.master_key_id ORDER BY k.master_key_id
    $function$;
ALTER FUNCTION master_key_figures() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION master_key_figures() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.message_tallies_of(orgs uuid[], since date)
 RETURNS TABLE(org_id uuid, day text, received integer, waiting integer, sent integer, delivered integer, failed integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT t.org_id, t.day::text, t.received, t.waiting, t.sent, t.delivered, t.failed
      FROM unnest(orgs) wanted JOIN message_tallies t ON t.org_id = wanted AND t.day >= since ORDER BY t.org_id, t.day
    $function$;
ALTER FUNCTION message_tallies_of(uuid[],date) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION message_tallies_of(uuid[],date) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.new_uuid_v7()
 RETURNS uuid
 LANGUAGE sql
 PARALLEL SAFE
AS $function$
          SELECT encode(set_bit(set_bit(overlay(
            uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
        $function$;
ALTER FUNCTION new_uuid_v7() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION new_uuid_v7() TO frontdesk_app;
GRANT EXECUTE ON FUNCTION new_uuid_v7() TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION new_uuid_v7() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.note_shared_delivery(log_id uuid, received timestamp with time zone, started timestamp with time zone, status text, reason text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      UPDATE webhook_logs l SET processing_status = COALESCE(status, l.processing_status), processing_started_at = started,
        processing_completed_at = CASE WHEN status IS NOT NULL THEN clock_timestamp() END,
        processing_duration_ms = CASE WHEN status IS NOT NULL
          THEN LEAST(2147483647, GREATEST(0, extract(epoch FROM clock_timestamp() - started) * 1000))::int END,
        error_message = reason, retry_count = l.retry_count + CASE WHEN status IS NULL THEN 1 ELSE 0 END
      WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL AND l.processing_status = 'pending'
        AND EXISTS (SELECT FROM organizations o WHERE o.id = auth_org_id() AND o.is_platform_owner)
    $function$;
ALTER FUNCTION note_shared_delivery(uuid,timestamp with time zone,timestamp with time zone,text,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION note_shared_delivery(uuid,timestamp with time zone,timestamp with time zone,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.open_shared_credentials(member_connection uuid)
 RETURNS TABLE(org_id uuid, id uuid, is_active boolean, provider_account_id text, provider_number_id text, credentials text, wrapped_key text, master_key_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT n.org_id, n.id, n.is_active, n.provider_account_id, n.provider_number_id, n.credentials, k.wrapped_key, k.master_key_id
      FROM shared_number_members m
        JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        JOIN organization_keys k ON k.org_id = n.org_id AND k.id = n.credentials_key_id
      WHERE m.member_org_id = auth_org_id() AND m.member_connection_id = member_connection
    $function$;
ALTER FUNCTION open_shared_credentials(uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION open_shared_credentials(uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.place_outgoing_message()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      SELECT c.connection_id INTO NEW.connection_id FROM conversations c
        WHERE c.org_id = NEW.org_id AND c.id = NEW.conversation_id;
      RETURN NEW;
    END $function$;
ALTER FUNCTION place_outgoing_message() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.prevent_org_id_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
        BEGIN
          IF NEW.org_id IS DISTINCT FROM OLD.org_id THEN
            RAISE EXCEPTION 'org_id is immutable' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END $function$;
ALTER FUNCTION prevent_org_id_change() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.read_shared_delivery(log_id uuid, received timestamp with time zone)
 RETURNS TABLE(webhook_source text, webhook_type text, url text, payload jsonb, received_at timestamp with time zone, verdict text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT l.webhook_source, l.webhook_type, l.url, l.payload, l.received_at, l.verdict FROM webhook_logs l
      WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL AND l.processing_status = 'pending'
        AND EXISTS (SELECT FROM organizations o WHERE o.id = auth_org_id() AND o.is_platform_owner)
    $function$;
ALTER FUNCTION read_shared_delivery(uuid,timestamp with time zone) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION read_shared_delivery(uuid,timestamp with time zone) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.record_lead_status_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      INSERT INTO lead_status_changes (org_id, id, contact_id, from_status, to_status, reason, actor_type, actor_id)
        VALUES (NEW.org_id, new_uuid_v7(), NEW.id, COALESCE(OLD.lead_status, 'new'), NEW.lead_status, NEW.lead_status_reason,
          COALESCE(NULLIF(current_setting('app.actor_type', true), ''), 'database'),
          NULLIF(current_setting('app.actor_id', true), '')::uuid);
      RETURN NULL;
    END $function$;
ALTER FUNCTION record_lead_status_change() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.record_row_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      DECLARE
        before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
        after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
        row_values jsonb := COALESCE(after, before);
        hidden text;
      BEGIN
        IF TG_OP = 'UPDATE' THEN
          SELECT jsonb_object_agg(key, value) INTO after
            FROM jsonb_each(to_jsonb(NEW)) WHERE value IS DISTINCT FROM before->key AND key <> ALL ('{updated_at,version,last_sign_in_at}');
          IF after IS NULL THEN RETURN NULL; END IF;
          SELECT jsonb_object_agg(key, before->key) INTO before FROM jsonb_object_keys(after) key;
        END IF;
        -- That a hidden column changed is told; its value never is.
        FOREACH hidden IN ARRAY COALESCE(TG_ARGV, '{}') LOOP
          IF before->hidden <> 'null' THEN before := jsonb_set(before, ARRAY[hidden], '"[hidden]"'); END IF;
          IF after->hidden <> 'null' THEN after := jsonb_set(after, ARRAY[hidden], '"[hidden]"'); END IF;
        END LOOP;
        INSERT INTO audit_logs (id, org_id, event_type, operation, table_name, record_id, actor, actor_type,
            old_values, new_values, request_id, created_at)
          VALUES (new_uuid_v7(),
            COALESCE((row_values->>'org_id')::uuid, CASE WHEN TG_TABLE_NAME = 'organizations' THEN (row_values->>'id')::uuid END),
            TG_TABLE_NAME || '.' || lower(TG_OP), TG_OP, TG_TABLE_NAME, (row_values->>'id')::uuid,
            COALESCE(NULLIF(current_setting('app.actor_id', true), ''), NULLIF(current_setting('app.actor_type', true), ''), session_user),
            COALESCE(NULLIF(current_setting('app.actor_type', true), ''), 'database'),
            before, after,
            COALESCE(NULLIF(current_setting('app.request_id', true), '')::uuid, new_uuid_v7()), clock_timestamp());
        RETURN NULL;
      END $function$;
ALTER FUNCTION record_row_change() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION record_row_change() TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
        BEGIN
          RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $function$;
ALTER FUNCTION refuse_change() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.refuse_change_but_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF TG_OP = 'UPDATE' AND current_user = 'frontdesk_definer' THEN
        IF NEW.phone LIKE 'erased:%' AND NEW.evidence = '{}'
           AND to_jsonb(NEW) - '{phone,evidence}'::text[] = to_jsonb(OLD) - '{phone,evidence}'::text[] THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $function$;
ALTER FUNCTION refuse_change_but_erasure() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.refuse_change_but_with_message()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT FROM messages m WHERE m.org_id = OLD.org_id AND m.id = OLD.message_id) THEN RETURN OLD; END IF;
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $function$;
ALTER FUNCTION refuse_change_but_with_message() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.refuse_forged_consent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE line record;
    BEGIN
      FOR line IN SELECT * FROM (VALUES
          ('whatsapp', 'transactional', NEW.whatsapp_opted_in, OLD.whatsapp_opted_in),
          ('whatsapp', 'marketing', NEW.whatsapp_marketing_opted_in, OLD.whatsapp_marketing_opted_in),
          ('sms', 'transactional', NEW.sms_opted_in, OLD.sms_opted_in),
          ('sms', 'marketing', NEW.sms_marketing_opted_in, OLD.sms_marketing_opted_in),
          ('voice', 'transactional', NEW.voice_opted_in, OLD.voice_opted_in),
          ('voice', 'marketing', NEW.voice_marketing_opted_in, OLD.voice_marketing_opted_in)
        ) lines (channel, purpose, is_open, was_open)
      LOOP
        IF line.is_open
           AND (line.was_open IS NOT TRUE OR NEW.phone_number IS DISTINCT FROM OLD.phone_number)
           AND NOT consent_allows(NEW.org_id, NEW.phone_number, line.channel, line.purpose) THEN
          RAISE EXCEPTION 'the ledger of consent does not allow % messages on %', line.purpose, line.channel
            USING ERRCODE = 'check_violation', TABLE = 'phone_number_mappings', CONSTRAINT = 'phone_mappings_consent';
        END IF;
      END LOOP;
      RETURN NEW;
    END $function$;
ALTER FUNCTION refuse_forged_consent() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.refuse_message_to_suspended()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE suspended boolean;
    BEGIN
      SELECT p.status = 'suspended' INTO suspended
        FROM conversations v JOIN phone_number_mappings p ON p.org_id = v.org_id AND p.phone_number = v.contact_address
        WHERE v.org_id = NEW.org_id AND v.id = NEW.conversation_id FOR SHARE OF p;
      IF suspended THEN
        RAISE EXCEPTION 'nothing is sent to a suspended number'
          USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_address';
      END IF;
      RETURN NEW;
    END $function$;
ALTER FUNCTION refuse_message_to_suspended() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.refuse_message_without_consent()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE address text; channel text; allowed boolean;
    BEGIN
      SELECT CASE WHEN NEW.is_code THEN (SELECT f.phone FROM phone_verifications f
          WHERE f.org_id = NEW.org_id AND f.id = NEW.id AND f.status = 'open') ELSE v.contact_address END, c.channel INTO address, channel
        FROM conversations v JOIN channel_connections c ON c.org_id = v.org_id AND c.id = v.connection_id
        WHERE v.org_id = NEW.org_id AND v.id = NEW.conversation_id;
      IF NEW.purpose = 'consent_reply'
         AND answers_consent_word(NEW.org_id, NEW.conversation_id, NEW.in_reply_to, address, channel) THEN
        RETURN NEW;
      END IF;
      SELECT p.status <> 'suspended'
          AND (p.status <> 'invalid' OR (p.unreachable_on <> '{}' AND NOT channel = ANY (p.unreachable_on))) AND CASE channel || ' ' || NEW.consent_purpose
          WHEN 'whatsapp transactional' THEN (p.whatsapp_opted_in OR (NEW.is_code AND p.whatsapp_opted_out_at IS NULL))
          WHEN 'whatsapp marketing' THEN p.whatsapp_marketing_opted_in
          WHEN 'sms transactional' THEN (p.sms_opted_in OR (NEW.is_code AND p.sms_opted_out_at IS NULL))
          WHEN 'sms marketing' THEN p.sms_marketing_opted_in
          WHEN 'voice transactional' THEN (p.voice_opted_in OR (NEW.is_code AND p.voice_opted_out_at IS NULL))
          WHEN 'voice marketing' THEN p.voice_marketing_opted_in
        END INTO allowed
        FROM phone_number_mappings p WHERE p.org_id = NEW.org_id AND p.phone_number = address FOR SHARE;
      IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'nobody is messaged without their consent'
          USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_consent';
      END IF;
      RETURN NEW;
    END $function$;
ALTER FUNCTION refuse_message_without_consent() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.release_jobs_of_dead_workers()
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE dead text[];
    BEGIN
      SELECT array_agg(h.locked_by) INTO dead FROM (
        SELECT locked_by FROM graphile_worker._private_jobs WHERE locked_at < now() - interval '2 seconds'
        UNION
        SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_at < now() - interval '2 seconds'
      ) h
      WHERE NOT EXISTS (
        SELECT 1 FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended(h.locked_by, 0));
      IF dead IS NOT NULL THEN
        PERFORM graphile_worker.force_unlock_workers(dead);
        RETURN QUERY SELECT unnest(dead);
      END IF;
    END $function$;
ALTER FUNCTION release_jobs_of_dead_workers() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION release_jobs_of_dead_workers() TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.remember_former_member()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      INSERT INTO former_members (org_id, id, user_id) VALUES (OLD.org_id, OLD.id, OLD.user_id)
        ON CONFLICT (org_id, user_id) DO NOTHING;
      RETURN NULL;
    END $function$;
ALTER FUNCTION remember_former_member() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.remove_shared_number_member(number uuid, member uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE connection uuid;
    BEGIN
      DELETE FROM shared_number_members m WHERE m.org_id = auth_org_id() AND m.connection_id = number AND m.member_org_id = member
        RETURNING m.member_connection_id INTO connection;
      IF connection IS NULL THEN RETURN false; END IF;
      DELETE FROM channel_connections c WHERE c.org_id = member AND c.id = connection;
      RETURN true;
    END $function$;
ALTER FUNCTION remove_shared_number_member(uuid,uuid) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION remove_shared_number_member(uuid,uuid) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.replay_dead_job(dead_id bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      PERFORM 1 FROM graphile_worker._private_jobs j
        WHERE j.id = dead_id AND j.attempts >= j.max_attempts AND j.locked_at IS NULL
          AND j.payload->>'orgId' = auth_org_id()::text FOR UPDATE;
      IF NOT FOUND THEN RETURN false; END IF;
      PERFORM graphile_worker.reschedule_jobs(ARRAY[dead_id], now(), NULL, 0);
      RETURN true;
    END $function$;
ALTER FUNCTION replay_dead_job(bigint) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION replay_dead_job(bigint) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION replay_dead_job(bigint) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.revive_webhook_jobs(logs uuid[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
    END $function$;
ALTER FUNCTION revive_webhook_jobs(uuid[]) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION revive_webhook_jobs(uuid[]) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION revive_webhook_jobs(uuid[]) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.route_shared_delivery(number uuid, member uuid, log_id uuid, received timestamp with time zone, claim uuid, request uuid, max_attempts integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DECLARE
      connection uuid; moved webhook_logs%ROWTYPE; event processed_webhook_events%ROWTYPE; claimed uuid := claim; is_new boolean := true;
    BEGIN
      SELECT m.connection_id INTO connection FROM (
        SELECT m.member_org_id AS org_id, m.member_connection_id AS connection_id, n.channel
        FROM shared_number_members m JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        WHERE m.org_id = auth_org_id() AND m.connection_id = number) m WHERE m.org_id = member;
      IF connection IS NULL THEN RETURN 'no_member'; END IF;
      SELECT * INTO event FROM processed_webhook_events e WHERE e.org_id = auth_org_id() AND e.id = claim;
      -- org_id cannot be changed: the row goes, and comes again.
      DELETE FROM webhook_logs l WHERE l.id = log_id AND l.received_at = received AND l.org_id IS NULL
          AND l.processing_status = 'pending' AND l.event_row_id = event.id RETURNING * INTO moved;
      IF NOT FOUND THEN RETURN 'gone'; END IF;
      -- The operator's own use of its number has the claim already.
      IF member <> auth_org_id() THEN
        claimed := new_uuid_v7();
        INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status)
          VALUES (member, claimed, event.event_id, event.event_type, event.payload_hash, 'pending')
          ON CONFLICT (org_id, event_id) DO NOTHING;
        is_new := FOUND;
        IF NOT is_new THEN
          SELECT e.id INTO claimed FROM processed_webhook_events e WHERE e.org_id = member AND e.event_id = event.event_id;
        END IF;
      END IF;
      moved.org_id := member;
      moved.connection_id := connection;
      moved.event_row_id := claimed;
      IF NOT is_new THEN
        moved.processing_status := 'processed';
        moved.error_message := 'duplicate';
      END IF;
      INSERT INTO webhook_logs VALUES (moved.*);
      IF is_new THEN
        PERFORM enqueue_shared_job('channels.process-webhook',
          json_build_object('orgId', member, 'requestId', request, 'connectionId', connection, 'webhookLogId', log_id,
            'receivedAt', received, 'eventId', claimed), max_attempts);
      END IF;
      RETURN NULL;
    END $function$;
ALTER FUNCTION route_shared_delivery(uuid,uuid,uuid,timestamp with time zone,uuid,uuid,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION route_shared_delivery(uuid,uuid,uuid,timestamp with time zone,uuid,uuid,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.save_shared_pace(member_connection uuid, left_over double precision, at timestamp with time zone, until timestamp with time zone, times integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      UPDATE connection_paces p SET available = COALESCE(left_over, p.available), counted_at = COALESCE(at, p.counted_at),
        blocked_until = CASE WHEN left_over IS NOT NULL THEN until END, blocked_times = COALESCE(times, 0)
      FROM (SELECT m.org_id, m.connection_id FROM shared_number_members m WHERE m.member_org_id = auth_org_id() AND m.member_connection_id = member_connection) n
      WHERE p.org_id = n.org_id AND p.connection_id = n.connection_id
        AND (left_over IS NOT NULL OR (p.blocked_times > 0 AND p.blocked_until <= now()))
    $function$;
ALTER FUNCTION save_shared_pace(uuid,double precision,timestamp with time zone,timestamp with time zone,integer) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION save_shared_pace(uuid,double precision,timestamp with time zone,timestamp with time zone,integer) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.search_key(given text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT btrim(regexp_replace(
      replace(replace(replace(translate(lower(regexp_replace(normalize(given, NFKD), '[\u0300-\u036f]+', '', 'g')),
        'øłđħı', 'oldhi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
      '[[:space:][:cntrl:]]+', ' ', 'g'))
  $function$;
ALTER FUNCTION search_key(text) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION search_key(text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION search_key(text) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION search_key(text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.surname_key(given text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
    SELECT substring(search_key(given) FROM '[^ ]+$') || ' ' || substring(search_key(given) FROM '^(.*) [^ ]+$')
  $function$;
ALTER FUNCTION surname_key(text) OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION surname_key(text) TO frontdesk_app;
GRANT EXECUTE ON FUNCTION surname_key(text) TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION surname_key(text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.sync_connection_directory()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO connection_directory (channel, address, webhook_verify_token, provider, provider_account_id, provider_number_id, org_id, connection_id)
          VALUES (NEW.channel, NEW.address, NEW.webhook_verify_token, NEW.provider, NEW.provider_account_id, NEW.provider_number_id, NEW.org_id, NEW.id);
      ELSE
        UPDATE connection_directory d SET channel = NEW.channel, address = NEW.address, webhook_verify_token = NEW.webhook_verify_token, provider = NEW.provider, provider_account_id = NEW.provider_account_id, provider_number_id = NEW.provider_number_id
          WHERE d.connection_id = NEW.id;
      END IF;
      RETURN NULL;
    END $function$;
ALTER FUNCTION sync_connection_directory() OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION sync_connection_directory() TO frontdesk_owner;

CREATE OR REPLACE FUNCTION public.sync_contact_facets()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    DECLARE
      wanted text[] := facets_of_contact(NEW.tags, NEW.service_interests, NEW.custom_fields);
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        DELETE FROM contact_facets f WHERE f.org_id = NEW.org_id AND f.contact_id = NEW.id AND f.facet <> ALL (wanted);
      END IF;
      INSERT INTO contact_facets (org_id, facet, contact_id) SELECT NEW.org_id, facet, NEW.id FROM unnest(wanted) facet
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $function$;
ALTER FUNCTION sync_contact_facets() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.tell_shared_word(number uuid, member uuid, sender text, sender_phone text, action text, message text, said_at timestamp with time zone, request uuid, max_attempts integer, purpose text, source text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT enqueue_shared_job('channels.record-shared-word',
        json_build_object('orgId', m.org_id, 'requestId', request, 'mappingId', p.id, 'contactId', c.id, 'channel', m.channel,
          'connectionId', m.connection_id, 'action', action, 'messageId', message, 'saidAt', said_at, 'purpose', purpose,
          'source', source), max_attempts)
      FROM (
        SELECT m.member_org_id AS org_id, m.member_connection_id AS connection_id, n.channel
        FROM shared_number_members m JOIN channel_connections n ON n.org_id = m.org_id AND n.id = m.connection_id
        WHERE m.org_id = auth_org_id() AND m.connection_id = number) m
        LEFT JOIN phone_number_mappings p ON p.org_id = m.org_id AND p.phone_number = sender
        LEFT JOIN contacts c ON c.org_id = m.org_id AND c.phone = sender_phone
      WHERE m.org_id = member AND action IN ('opt_out', 'opt_in') AND (p.id IS NOT NULL OR c.id IS NOT NULL)
    $function$;
ALTER FUNCTION tell_shared_word(uuid,uuid,text,text,text,text,timestamp with time zone,uuid,integer,text,text) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION tell_shared_word(uuid,uuid,text,text,text,text,timestamp with time zone,uuid,integer,text,text) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.update_updated_at_column()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
        BEGIN
          NEW.updated_at := clock_timestamp();
          RETURN NEW;
        END $function$;
ALTER FUNCTION update_updated_at_column() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.void_verification()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
      IF current_setting('app.same_person', true) IS DISTINCT FROM 'on' THEN
        UPDATE phone_verifications SET status = 'void'
          WHERE org_id = NEW.org_id AND mapping_id = NEW.id AND status = 'open';
      END IF;
      RETURN NULL;
    END $function$;
ALTER FUNCTION void_verification() OWNER TO frontdesk_owner;
-- callable by its owner alone

CREATE OR REPLACE FUNCTION public.webhook_health(org uuid, since timestamp with time zone, until timestamp with time zone)
 RETURNS TABLE(webhook_source text, webhook_type text, total bigint, verified bigint, observed bigint, waiting bigint, processed bigint, failed bigint, refused bigint, duplicates bigint, mean_ms double precision, p95_ms double precision)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
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
    END $function$;
ALTER FUNCTION webhook_health(uuid,timestamp with time zone,timestamp with time zone) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION webhook_health(uuid,timestamp with time zone,timestamp with time zone) TO frontdesk_service;

CREATE OR REPLACE FUNCTION public.webhook_logs_in_queue()
 RETURNS SETOF text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT payload->>'webhookLogId' FROM graphile_worker._private_jobs WHERE payload->>'webhookLogId' IS NOT NULL
    $function$;
ALTER FUNCTION webhook_logs_in_queue() OWNER TO frontdesk_owner;
GRANT EXECUTE ON FUNCTION webhook_logs_in_queue() TO frontdesk_definer;

CREATE OR REPLACE FUNCTION public.webhook_tallies_of(orgs uuid[], since date)
 RETURNS TABLE(org_id uuid, day text, waiting integer, processed integer, failed integer, refused integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
      SELECT t.org_id, t.day::text, t.waiting, t.processed, t.failed, t.refused
      FROM unnest(orgs) wanted JOIN webhook_tallies t ON t.org_id = wanted AND t.day >= since ORDER BY t.org_id, t.day
    $function$;
ALTER FUNCTION webhook_tallies_of(uuid[],date) OWNER TO frontdesk_definer;
GRANT EXECUTE ON FUNCTION webhook_tallies_of(uuid[],date) TO frontdesk_service;

-- Tables

CREATE TABLE api_keys (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  prefix text NOT NULL,
  secret_hash text NOT NULL,
  scopes text[] NOT NULL,
  created_by uuid,
  last_used_at timestamp with time zone,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  created_by_key uuid,
  previous_secret_hash text,
  previous_secret_until timestamp with time zone,
  rotated_at timestamp with time zone,
  CONSTRAINT api_keys_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT api_keys_org_prefix_key UNIQUE (org_id, prefix),
  CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT api_keys_prefix_check CHECK ((prefix ~ '^[a-z0-9]{12}$'::text)),
  CONSTRAINT api_keys_created_by_key_fkey FOREIGN KEY (org_id, created_by_key) REFERENCES api_keys(org_id, id),
  CONSTRAINT api_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE api_keys OWNER TO frontdesk_owner;
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_api_keys_created_by_key ON public.api_keys USING btree (org_id, created_by_key);
CREATE INDEX idx_api_keys_prefix ON public.api_keys USING btree (prefix);
CREATE TRIGGER api_keys_audit AFTER INSERT OR DELETE OR UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION record_row_change('secret_hash', 'previous_secret_hash');
CREATE TRIGGER api_keys_guard BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION guard_api_key();
CREATE TRIGGER api_keys_org_id_immutable BEFORE UPDATE OF org_id ON public.api_keys FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER api_keys_updated_at BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER api_keys_version BEFORE UPDATE ON public.api_keys FOR EACH ROW WHEN ((NOT (new.last_used_at IS DISTINCT FROM old.last_used_at))) EXECUTE FUNCTION count_row_version();
CREATE POLICY api_keys_definer_select ON api_keys FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY api_keys_delete ON api_keys FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY api_keys_insert ON api_keys FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY api_keys_select ON api_keys FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY api_keys_update ON api_keys FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT ON api_keys TO frontdesk_app;
GRANT SELECT ON api_keys TO frontdesk_definer;
GRANT INSERT, SELECT, UPDATE ON api_keys TO frontdesk_service;
GRANT SELECT (org_id, id, name, prefix, scopes, created_by, last_used_at, expires_at, revoked_at, created_at, updated_at, version, created_by_key, previous_secret_until, rotated_at) ON api_keys TO frontdesk_app;
GRANT UPDATE (name, secret_hash, revoked_at, previous_secret_until, rotated_at) ON api_keys TO frontdesk_app;

CREATE TABLE audit_logs (
  id uuid NOT NULL,
  org_id uuid,
  event_type text NOT NULL,
  operation text NOT NULL,
  table_name text,
  record_id uuid,
  actor text NOT NULL,
  actor_type text NOT NULL,
  query text,
  old_values jsonb,
  new_values jsonb,
  ip_address inet,
  request_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT audit_logs_pkey PRIMARY KEY (id, created_at),
  CONSTRAINT audit_logs_actor_check CHECK ((length(actor) <= 200)),
  CONSTRAINT audit_logs_event_type_check CHECK ((length(event_type) <= 100)),
  CONSTRAINT audit_logs_operation_check CHECK ((length(operation) <= 40)),
  CONSTRAINT audit_logs_query_check CHECK ((length(query) <= 500))
) PARTITION BY RANGE (created_at);
-- partitions, one a month: owner frontdesk_owner, row-level security forced, own triggers: _no_truncate A, grants: none
ALTER TABLE audit_logs OWNER TO frontdesk_owner;
ALTER TABLE audit_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_logs FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE audit_logs IS 'not row-audited: it is the audit trail';
CREATE INDEX idx_audit_logs_org_created ON ONLY public.audit_logs USING btree (org_id, created_at DESC, id DESC);
CREATE INDEX idx_audit_logs_org_record ON ONLY public.audit_logs USING btree (org_id, table_name, record_id, created_at DESC, id DESC);
CREATE TRIGGER audit_logs_append_only BEFORE DELETE OR UPDATE ON public.audit_logs FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_logs ENABLE ALWAYS TRIGGER audit_logs_append_only;
CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON public.audit_logs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE audit_logs ENABLE ALWAYS TRIGGER audit_logs_no_truncate;
CREATE POLICY audit_logs_definer_insert ON audit_logs FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY audit_logs_definer_select ON audit_logs FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY audit_logs_delete ON audit_logs FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY audit_logs_insert ON audit_logs FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY audit_logs_select ON audit_logs FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY audit_logs_update ON audit_logs FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON audit_logs TO frontdesk_definer;
GRANT SELECT ON audit_logs TO frontdesk_service;

CREATE TABLE auth_refresh_tokens (
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  token_hash text NOT NULL,
  used_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT auth_refresh_tokens_pkey PRIMARY KEY (id),
  CONSTRAINT auth_refresh_tokens_hash_key UNIQUE (token_hash),
  CONSTRAINT auth_refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth_sessions(id)
);
ALTER TABLE auth_refresh_tokens OWNER TO frontdesk_owner;
CREATE INDEX idx_auth_refresh_tokens_session ON public.auth_refresh_tokens USING btree (session_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON auth_refresh_tokens TO frontdesk_service;

CREATE TABLE auth_sessions (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  signed_in_org_id uuid NOT NULL,
  ip_address inet,
  user_agent text,
  last_used_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT auth_sessions_pkey PRIMARY KEY (id),
  CONSTRAINT auth_sessions_user_agent_check CHECK ((length(user_agent) <= 300)),
  CONSTRAINT auth_sessions_signed_in_org_id_fkey FOREIGN KEY (signed_in_org_id) REFERENCES organizations(id),
  CONSTRAINT auth_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
ALTER TABLE auth_sessions OWNER TO frontdesk_owner;
CREATE INDEX idx_auth_sessions_user ON public.auth_sessions USING btree (user_id);
GRANT DELETE, INSERT, SELECT, UPDATE ON auth_sessions TO frontdesk_service;

CREATE TABLE bulk_send_recipients (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  bulk_send_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  address text,
  message_id uuid,
  skipped_because bulk_skip_reason,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT bulk_send_recipients_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT bulk_send_recipients_one_address UNIQUE (org_id, bulk_send_id, address),
  CONSTRAINT bulk_send_recipients_one_contact UNIQUE (org_id, bulk_send_id, contact_id),
  CONSTRAINT bulk_send_recipients_address_check CHECK (((length(address) >= 1) AND (length(address) <= 128))),
  CONSTRAINT bulk_send_recipients_check CHECK (((address IS NULL) = (skipped_because IS NOT NULL))),
  CONSTRAINT bulk_send_recipients_check1 CHECK (((message_id IS NULL) OR (skipped_because IS NULL))),
  CONSTRAINT bulk_send_recipients_org_id_bulk_send_id_fkey FOREIGN KEY (org_id, bulk_send_id) REFERENCES bulk_sends(org_id, id),
  CONSTRAINT bulk_send_recipients_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id),
  CONSTRAINT bulk_send_recipients_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT bulk_send_recipients_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES messages(org_id, id) ON DELETE SET NULL (message_id)
);
ALTER TABLE bulk_send_recipients OWNER TO frontdesk_owner;
ALTER TABLE bulk_send_recipients ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_send_recipients FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE bulk_send_recipients IS 'not row-audited: the bulk send is, and so is every message that it makes';
CREATE INDEX idx_bulk_send_recipients_contact ON public.bulk_send_recipients USING btree (org_id, contact_id);
CREATE INDEX idx_bulk_send_recipients_list ON public.bulk_send_recipients USING btree (org_id, bulk_send_id, id);
CREATE INDEX idx_bulk_send_recipients_message ON public.bulk_send_recipients USING btree (org_id, message_id);
CREATE TRIGGER bulk_send_recipients_org_id_immutable BEFORE UPDATE OF org_id ON public.bulk_send_recipients FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY bulk_send_recipients_delete ON bulk_send_recipients FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY bulk_send_recipients_insert ON bulk_send_recipients FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY bulk_send_recipients_select ON bulk_send_recipients FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY bulk_send_recipients_update ON bulk_send_recipients FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, SELECT, UPDATE ON bulk_send_recipients TO frontdesk_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON bulk_send_recipients TO frontdesk_service;

CREATE TABLE bulk_sends (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  connection_id uuid,
  template_id uuid,
  variables jsonb NOT NULL DEFAULT '[]'::jsonb,
  segment jsonb NOT NULL DEFAULT '{}'::jsonb,
  per_minute integer,
  status bulk_send_status NOT NULL DEFAULT 'draft'::text,
  problem bulk_send_problem,
  send_at timestamp with time zone,
  total integer,
  walked integer NOT NULL DEFAULT 0,
  walked_to uuid,
  walked_all boolean NOT NULL DEFAULT false,
  skipped jsonb NOT NULL DEFAULT '{}'::jsonb,
  fed_until timestamp with time zone,
  created_by_type text NOT NULL,
  created_by uuid,
  started_by_type text,
  started_by uuid,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT bulk_sends_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT bulk_sends_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT bulk_sends_per_minute_check CHECK (((per_minute >= 1) AND (per_minute <= 60000))),
  CONSTRAINT bulk_sends_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE SET NULL (connection_id),
  CONSTRAINT bulk_sends_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT bulk_sends_org_id_template_id_fkey FOREIGN KEY (org_id, template_id) REFERENCES message_templates(org_id, id) ON DELETE SET NULL (template_id)
);
ALTER TABLE bulk_sends OWNER TO frontdesk_owner;
ALTER TABLE bulk_sends ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulk_sends FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_bulk_sends_connection ON public.bulk_sends USING btree (org_id, connection_id);
CREATE INDEX idx_bulk_sends_template ON public.bulk_sends USING btree (org_id, template_id);
CREATE TRIGGER bulk_sends_audit AFTER INSERT OR DELETE OR UPDATE ON public.bulk_sends FOR EACH ROW EXECUTE FUNCTION record_row_change('segment');
CREATE TRIGGER bulk_sends_org_id_immutable BEFORE UPDATE OF org_id ON public.bulk_sends FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER bulk_sends_updated_at BEFORE UPDATE ON public.bulk_sends FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER bulk_sends_version BEFORE UPDATE ON public.bulk_sends FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY bulk_sends_delete ON bulk_sends FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY bulk_sends_insert ON bulk_sends FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY bulk_sends_select ON bulk_sends FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY bulk_sends_update ON bulk_sends FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON bulk_sends TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON bulk_sends TO frontdesk_service;

CREATE TABLE calls (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  direction message_direction NOT NULL,
  connection_id uuid,
  contact_id uuid,
  conversation_id uuid,
  message_id uuid,
  provider_call_id text NOT NULL,
  from_address text,
  to_address text,
  status call_status NOT NULL,
  error_code text,
  started_at timestamp(3) with time zone NOT NULL,
  answered_at timestamp(3) with time zone,
  ended_at timestamp(3) with time zone,
  duration_seconds integer,
  recording_id text,
  recording_seconds integer,
  recording_deleted_at timestamp with time zone,
  text_back_message_id uuid,
  text_back_at timestamp with time zone,
  text_back_refusal text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT calls_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT calls_provider_call_key UNIQUE (org_id, provider_call_id),
  CONSTRAINT calls_check CHECK ((((status)::text <> 'missed'::text) OR ((direction)::text = 'incoming'::text))),
  CONSTRAINT calls_duration_seconds_check CHECK ((duration_seconds >= 0)),
  CONSTRAINT calls_error_code_check CHECK (((length(error_code) >= 1) AND (length(error_code) <= 64))),
  CONSTRAINT calls_from_address_check CHECK (((length(from_address) >= 1) AND (length(from_address) <= 128))),
  CONSTRAINT calls_provider_call_id_check CHECK (((length(provider_call_id) >= 1) AND (length(provider_call_id) <= 64))),
  CONSTRAINT calls_recording_id_check CHECK (((length(recording_id) >= 1) AND (length(recording_id) <= 64))),
  CONSTRAINT calls_recording_seconds_check CHECK ((recording_seconds >= 0)),
  CONSTRAINT calls_text_back_refusal_check CHECK (((length(text_back_refusal) >= 1) AND (length(text_back_refusal) <= 64))),
  CONSTRAINT calls_to_address_check CHECK (((length(to_address) >= 1) AND (length(to_address) <= 128))),
  CONSTRAINT calls_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE SET NULL (connection_id),
  CONSTRAINT calls_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id),
  CONSTRAINT calls_org_id_conversation_id_fkey FOREIGN KEY (org_id, conversation_id) REFERENCES conversations(org_id, id) ON DELETE SET NULL (conversation_id),
  CONSTRAINT calls_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT calls_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES messages(org_id, id) ON DELETE SET NULL (message_id),
  CONSTRAINT calls_org_id_text_back_message_id_fkey FOREIGN KEY (org_id, text_back_message_id) REFERENCES messages(org_id, id) ON DELETE SET NULL (text_back_message_id)
);
ALTER TABLE calls OWNER TO frontdesk_owner;
ALTER TABLE calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE calls FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_calls_open ON public.calls USING btree (started_at, id) WHERE ((status)::text = ANY (ARRAY['queued'::text, 'ringing'::text, 'in_progress'::text]));
CREATE INDEX idx_calls_org_connection ON public.calls USING btree (org_id, connection_id, started_at DESC, id DESC);
CREATE INDEX idx_calls_org_contact ON public.calls USING btree (org_id, contact_id, started_at DESC, id DESC);
CREATE INDEX idx_calls_org_conversation ON public.calls USING btree (org_id, conversation_id);
CREATE INDEX idx_calls_org_message ON public.calls USING btree (org_id, message_id);
CREATE INDEX idx_calls_org_started ON public.calls USING btree (org_id, started_at DESC, id DESC);
CREATE INDEX idx_calls_org_status ON public.calls USING btree (org_id, status, started_at DESC, id DESC);
CREATE INDEX idx_calls_org_text_back ON public.calls USING btree (org_id, text_back_message_id);
CREATE TRIGGER calls_audit AFTER INSERT OR DELETE OR UPDATE ON public.calls FOR EACH ROW EXECUTE FUNCTION record_row_change('from_address', 'to_address');
CREATE TRIGGER calls_org_id_immutable BEFORE UPDATE OF org_id ON public.calls FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER calls_updated_at BEFORE UPDATE ON public.calls FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY calls_definer_select ON calls FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY calls_delete ON calls FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY calls_insert ON calls FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY calls_select ON calls FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY calls_update ON calls FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON calls TO frontdesk_app;
GRANT SELECT ON calls TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON calls TO frontdesk_service;
GRANT UPDATE (contact_id, conversation_id) ON calls TO frontdesk_app;

CREATE TABLE channel_connections (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  provider provider_type NOT NULL,
  channel channel_type NOT NULL,
  address text NOT NULL,
  provider_account_id text NOT NULL,
  provider_number_id text,
  friendly_name text NOT NULL,
  credentials text,
  credentials_key_id uuid,
  credentials_expire_at timestamp with time zone,
  webhook_verify_token text NOT NULL,
  routing connection_routing NOT NULL DEFAULT 'dedicated'::text,
  is_active boolean NOT NULL DEFAULT true,
  webhook_configured boolean NOT NULL DEFAULT false,
  last_verified_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  sends_per_second integer NOT NULL DEFAULT 80,
  previous_credentials text,
  previous_credentials_key_id uuid,
  previous_credentials_until timestamp with time zone,
  verification_mode verification_mode NOT NULL DEFAULT 'enforce'::text,
  observe_until timestamp with time zone,
  expiry_warned_for timestamp with time zone,
  expiry_warned_days integer,
  shared_connection_id uuid,
  observe_since timestamp with time zone,
  CONSTRAINT channel_connections_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT channel_connections_shared_key UNIQUE (org_id, shared_connection_id),
  CONSTRAINT channel_connections_address_check CHECK (((address ~ '^\+[1-9][0-9]{5,14}$'::text) OR (((channel)::text = 'sms'::text) AND (address ~ '^[0-9]{3,8}$'::text)))),
  CONSTRAINT channel_connections_expiry_warned_check CHECK (((expiry_warned_for IS NULL) = (expiry_warned_days IS NULL))),
  CONSTRAINT channel_connections_friendly_name_check CHECK (((length(friendly_name) >= 1) AND (length(friendly_name) <= 100))),
  CONSTRAINT channel_connections_observe_check CHECK ((((verification_mode)::text = 'observe'::text) = (observe_until IS NOT NULL))),
  CONSTRAINT channel_connections_previous_check CHECK ((((previous_credentials IS NULL) = (previous_credentials_key_id IS NULL)) AND ((previous_credentials IS NULL) = (previous_credentials_until IS NULL)))),
  CONSTRAINT channel_connections_sends_per_second_check CHECK (((sends_per_second >= 1) AND (sends_per_second <= 1000))),
  CONSTRAINT channel_connections_shared_check CHECK ((((credentials IS NULL) = (shared_connection_id IS NOT NULL)) AND ((credentials IS NULL) = (credentials_key_id IS NULL)) AND ((shared_connection_id IS NULL) OR ((routing)::text = 'shared'::text)))),
  CONSTRAINT channel_connections_org_id_credentials_key_id_fkey FOREIGN KEY (org_id, credentials_key_id) REFERENCES organization_keys(org_id, id),
  CONSTRAINT channel_connections_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT channel_connections_org_id_previous_credentials_key_id_fkey FOREIGN KEY (org_id, previous_credentials_key_id) REFERENCES organization_keys(org_id, id)
);
ALTER TABLE channel_connections OWNER TO frontdesk_owner;
ALTER TABLE channel_connections ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_connections FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_channel_connections_created ON public.channel_connections USING btree (org_id, created_at, id);
CREATE TRIGGER channel_connections_audit AFTER INSERT OR DELETE OR UPDATE ON public.channel_connections FOR EACH ROW EXECUTE FUNCTION record_row_change('credentials', 'previous_credentials', 'webhook_verify_token');
CREATE TRIGGER channel_connections_directory AFTER INSERT OR UPDATE OF channel, address, webhook_verify_token, provider, provider_account_id, provider_number_id ON public.channel_connections FOR EACH ROW EXECUTE FUNCTION sync_connection_directory();
CREATE TRIGGER channel_connections_org_id_immutable BEFORE UPDATE OF org_id ON public.channel_connections FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER channel_connections_updated_at BEFORE UPDATE ON public.channel_connections FOR EACH ROW WHEN (((to_jsonb(old.*) - ARRAY['credentials'::text, 'credentials_key_id'::text, 'previous_credentials'::text, 'previous_credentials_key_id'::text]) IS DISTINCT FROM (to_jsonb(new.*) - ARRAY['credentials'::text, 'credentials_key_id'::text, 'previous_credentials'::text, 'previous_credentials_key_id'::text]))) EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER channel_connections_version BEFORE UPDATE ON public.channel_connections FOR EACH ROW WHEN (((to_jsonb(old.*) - ARRAY['credentials'::text, 'credentials_key_id'::text, 'previous_credentials'::text, 'previous_credentials_key_id'::text]) IS DISTINCT FROM (to_jsonb(new.*) - ARRAY['credentials'::text, 'credentials_key_id'::text, 'previous_credentials'::text, 'previous_credentials_key_id'::text]))) EXECUTE FUNCTION count_row_version();
CREATE POLICY channel_connections_definer_delete ON channel_connections FOR DELETE TO frontdesk_definer USING (true);
CREATE POLICY channel_connections_definer_insert ON channel_connections FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY channel_connections_definer_select ON channel_connections FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY channel_connections_delete ON channel_connections FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY channel_connections_insert ON channel_connections FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY channel_connections_select ON channel_connections FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY channel_connections_update ON channel_connections FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE ON channel_connections TO frontdesk_app;
GRANT DELETE, INSERT, SELECT ON channel_connections TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON channel_connections TO frontdesk_service;
GRANT SELECT (org_id, id, provider, channel, address, provider_account_id, provider_number_id, friendly_name, credentials_expire_at, routing, is_active, webhook_configured, last_verified_at, created_at, updated_at, version, sends_per_second, previous_credentials_until, verification_mode, observe_until, shared_connection_id, observe_since) ON channel_connections TO frontdesk_app;
GRANT UPDATE (friendly_name, is_active, sends_per_second, verification_mode, observe_until, observe_since) ON channel_connections TO frontdesk_app;

CREATE TABLE connection_directory (
  channel channel_type NOT NULL,
  address text NOT NULL,
  webhook_verify_token text NOT NULL,
  org_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  provider provider_type NOT NULL,
  provider_account_id text NOT NULL,
  provider_number_id text,
  CONSTRAINT connection_directory_address_key PRIMARY KEY (channel, address),
  CONSTRAINT connection_directory_connection_key UNIQUE (connection_id),
  CONSTRAINT connection_directory_number_key UNIQUE (provider, channel, provider_number_id),
  CONSTRAINT connection_directory_verify_token_key UNIQUE (webhook_verify_token),
  CONSTRAINT connection_directory_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE CASCADE
);
ALTER TABLE connection_directory OWNER TO frontdesk_owner;
ALTER TABLE connection_directory ENABLE ROW LEVEL SECURITY;
ALTER TABLE connection_directory FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE connection_directory IS 'not row-audited: kept by trigger from channel_connections, which is';
CREATE INDEX idx_connection_directory_account ON public.connection_directory USING btree (provider, channel, provider_account_id);
CREATE TRIGGER connection_directory_numbers BEFORE INSERT ON public.connection_directory FOR EACH ROW EXECUTE FUNCTION keep_directory();
CREATE TRIGGER connection_directory_org_id_immutable BEFORE UPDATE OF org_id ON public.connection_directory FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY connection_directory_definer_insert ON connection_directory FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY connection_directory_definer_select ON connection_directory FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY connection_directory_definer_update ON connection_directory FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY connection_directory_delete ON connection_directory FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY connection_directory_insert ON connection_directory FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY connection_directory_select ON connection_directory FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY connection_directory_update ON connection_directory FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON connection_directory TO frontdesk_definer;

CREATE TABLE connection_paces (
  org_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  available double precision NOT NULL,
  counted_at timestamp with time zone NOT NULL,
  blocked_until timestamp with time zone,
  blocked_times integer NOT NULL DEFAULT 0,
  CONSTRAINT connection_paces_pkey PRIMARY KEY (org_id, connection_id),
  CONSTRAINT connection_paces_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE CASCADE,
  CONSTRAINT connection_paces_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE connection_paces OWNER TO frontdesk_owner;
ALTER TABLE connection_paces ENABLE ROW LEVEL SECURITY;
ALTER TABLE connection_paces FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE connection_paces IS 'not row-audited: counts sends';
CREATE TRIGGER connection_paces_org_id_immutable BEFORE UPDATE OF org_id ON public.connection_paces FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY connection_paces_definer_insert ON connection_paces FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY connection_paces_definer_select ON connection_paces FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY connection_paces_definer_update ON connection_paces FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY connection_paces_delete ON connection_paces FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY connection_paces_insert ON connection_paces FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY connection_paces_select ON connection_paces FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY connection_paces_update ON connection_paces FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON connection_paces TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON connection_paces TO frontdesk_definer;
GRANT INSERT, SELECT, UPDATE ON connection_paces TO frontdesk_service;

CREATE TABLE consent_events (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  phone text NOT NULL,
  channel channel_type NOT NULL,
  action consent_action NOT NULL,
  source consent_source NOT NULL,
  evidence jsonb NOT NULL DEFAULT '{}'::jsonb,
  at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  purpose consent_purpose NOT NULL DEFAULT 'transactional'::text,
  CONSTRAINT consent_events_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT consent_events_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE consent_events OWNER TO frontdesk_owner;
ALTER TABLE consent_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent_events FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_consent_events_org_at ON public.consent_events USING btree (org_id, at DESC, id DESC);
CREATE INDEX idx_consent_events_org_phone ON public.consent_events USING btree (org_id, phone, channel, at DESC, id DESC);
CREATE TRIGGER consent_events_append_only BEFORE DELETE OR UPDATE ON public.consent_events FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
ALTER TABLE consent_events ENABLE ALWAYS TRIGGER consent_events_append_only;
CREATE TRIGGER consent_events_audit AFTER INSERT OR DELETE OR UPDATE ON public.consent_events FOR EACH ROW EXECUTE FUNCTION record_row_change('phone', 'evidence');
CREATE TRIGGER consent_events_close AFTER INSERT ON public.consent_events FOR EACH ROW WHEN (((new.action)::text = 'opt_out'::text)) EXECUTE FUNCTION close_opted_out_line();
ALTER TABLE consent_events ENABLE ALWAYS TRIGGER consent_events_close;
CREATE TRIGGER consent_events_no_truncate BEFORE TRUNCATE ON public.consent_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE consent_events ENABLE ALWAYS TRIGGER consent_events_no_truncate;
CREATE TRIGGER consent_events_org_id_immutable BEFORE UPDATE OF org_id ON public.consent_events FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY consent_events_definer_select ON consent_events FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY consent_events_definer_update ON consent_events FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY consent_events_delete ON consent_events FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_events_insert ON consent_events FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_events_select ON consent_events FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_events_update ON consent_events FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON consent_events TO frontdesk_app;
GRANT SELECT, UPDATE ON consent_events TO frontdesk_definer;
GRANT INSERT, SELECT ON consent_events TO frontdesk_service;

CREATE TABLE consent_keywords (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  word text NOT NULL,
  normalized_word text NOT NULL,
  language text NOT NULL,
  action consent_word NOT NULL,
  purpose consent_purpose NOT NULL DEFAULT 'transactional'::text,
  reply text,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT consent_keywords_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT consent_keywords_word_key UNIQUE (org_id, normalized_word),
  CONSTRAINT consent_keywords_language_check CHECK (((length(language) >= 2) AND (length(language) <= 35))),
  CONSTRAINT consent_keywords_normalized_word_check CHECK (((length(normalized_word) >= 1) AND (length(normalized_word) <= 64))),
  CONSTRAINT consent_keywords_reply_check CHECK (((length(reply) >= 1) AND (length(reply) <= 1600))),
  CONSTRAINT consent_keywords_word_check CHECK (((length(word) >= 1) AND (length(word) <= 32))),
  CONSTRAINT consent_keywords_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE consent_keywords OWNER TO frontdesk_owner;
ALTER TABLE consent_keywords ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent_keywords FORCE ROW LEVEL SECURITY;
CREATE TRIGGER consent_keywords_audit AFTER INSERT OR DELETE OR UPDATE ON public.consent_keywords FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER consent_keywords_org_id_immutable BEFORE UPDATE OF org_id ON public.consent_keywords FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER consent_keywords_updated_at BEFORE UPDATE ON public.consent_keywords FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER consent_keywords_version BEFORE UPDATE ON public.consent_keywords FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY consent_keywords_definer_select ON consent_keywords FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY consent_keywords_delete ON consent_keywords FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_keywords_insert ON consent_keywords FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_keywords_select ON consent_keywords FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_keywords_update ON consent_keywords FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON consent_keywords TO frontdesk_app;
GRANT SELECT ON consent_keywords TO frontdesk_definer;
GRANT SELECT ON consent_keywords TO frontdesk_service;

CREATE TABLE consent_suppressions (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  channel channel_type NOT NULL,
  address_hash text NOT NULL,
  opted_out_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  purpose consent_purpose NOT NULL DEFAULT 'transactional'::text,
  CONSTRAINT consent_suppressions_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT consent_suppressions_address_key UNIQUE (org_id, channel, purpose, address_hash),
  CONSTRAINT consent_suppressions_address_hash_check CHECK ((address_hash ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT consent_suppressions_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE consent_suppressions OWNER TO frontdesk_owner;
ALTER TABLE consent_suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent_suppressions FORCE ROW LEVEL SECURITY;
CREATE TRIGGER consent_suppressions_audit AFTER INSERT OR DELETE OR UPDATE ON public.consent_suppressions FOR EACH ROW EXECUTE FUNCTION record_row_change('address_hash');
CREATE TRIGGER consent_suppressions_org_id_immutable BEFORE UPDATE OF org_id ON public.consent_suppressions FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY consent_suppressions_delete ON consent_suppressions FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_suppressions_insert ON consent_suppressions FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_suppressions_select ON consent_suppressions FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_suppressions_update ON consent_suppressions FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON consent_suppressions TO frontdesk_service;

CREATE TABLE consent_texts (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  answer consent_answer NOT NULL,
  language text NOT NULL,
  body text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consent_texts_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT consent_texts_answer_key UNIQUE (org_id, answer, language),
  CONSTRAINT consent_texts_body_check CHECK (((length(body) >= 1) AND (length(body) <= 1600))),
  CONSTRAINT consent_texts_language_check CHECK (((length(language) >= 2) AND (length(language) <= 35))),
  CONSTRAINT consent_texts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE consent_texts OWNER TO frontdesk_owner;
ALTER TABLE consent_texts ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent_texts FORCE ROW LEVEL SECURITY;
CREATE TRIGGER consent_texts_audit AFTER INSERT OR DELETE OR UPDATE ON public.consent_texts FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER consent_texts_org_id_immutable BEFORE UPDATE OF org_id ON public.consent_texts FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER consent_texts_updated_at BEFORE UPDATE ON public.consent_texts FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY consent_texts_delete ON consent_texts FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_texts_insert ON consent_texts FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_texts_select ON consent_texts FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY consent_texts_update ON consent_texts FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON consent_texts TO frontdesk_app;
GRANT SELECT ON consent_texts TO frontdesk_service;

CREATE TABLE contact_duplicates (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  other_id uuid NOT NULL,
  score integer NOT NULL,
  reasons text[] NOT NULL,
  status duplicate_status NOT NULL DEFAULT 'open'::text,
  seen_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT contact_duplicates_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contact_duplicates_pair_key UNIQUE (org_id, contact_id, other_id),
  CONSTRAINT contact_duplicates_check CHECK ((contact_id < other_id)),
  CONSTRAINT contact_duplicates_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id) ON DELETE CASCADE,
  CONSTRAINT contact_duplicates_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT contact_duplicates_org_id_other_id_fkey FOREIGN KEY (org_id, other_id) REFERENCES contacts(org_id, id) ON DELETE CASCADE
);
ALTER TABLE contact_duplicates OWNER TO frontdesk_owner;
ALTER TABLE contact_duplicates ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_duplicates FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE contact_duplicates IS 'not row-audited: guesses of a scan; that a member dismissed one is an event';
CREATE INDEX idx_contact_duplicates_open ON public.contact_duplicates USING btree (org_id, status, score DESC, id DESC);
CREATE INDEX idx_contact_duplicates_other ON public.contact_duplicates USING btree (org_id, other_id);
CREATE TRIGGER contact_duplicates_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_duplicates FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY contact_duplicates_delete ON contact_duplicates FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_duplicates_insert ON contact_duplicates FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_duplicates_select ON contact_duplicates FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_duplicates_update ON contact_duplicates FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON contact_duplicates TO frontdesk_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON contact_duplicates TO frontdesk_service;
GRANT UPDATE (status) ON contact_duplicates TO frontdesk_app;

CREATE TABLE contact_erasures (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  reason erasure_reason NOT NULL,
  status erasure_status NOT NULL DEFAULT 'running'::text,
  finished_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT contact_erasures_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contact_erasures_contact_key UNIQUE (org_id, contact_id),
  CONSTRAINT contact_erasures_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE contact_erasures OWNER TO frontdesk_owner;
ALTER TABLE contact_erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_erasures FORCE ROW LEVEL SECURITY;
CREATE TRIGGER contact_erasures_audit AFTER INSERT OR DELETE OR UPDATE ON public.contact_erasures FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER contact_erasures_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_erasures FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER contact_erasures_updated_at BEFORE UPDATE ON public.contact_erasures FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY contact_erasures_delete ON contact_erasures FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_erasures_insert ON contact_erasures FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_erasures_select ON contact_erasures FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_erasures_update ON contact_erasures FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON contact_erasures TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON contact_erasures TO frontdesk_service;

CREATE TABLE contact_facets (
  org_id uuid NOT NULL,
  facet text COLLATE "C" NOT NULL,
  contact_id uuid NOT NULL,
  CONSTRAINT contact_facets_pkey PRIMARY KEY (org_id, facet, contact_id),
  CONSTRAINT contact_facets_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id) ON DELETE CASCADE,
  CONSTRAINT contact_facets_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE contact_facets OWNER TO frontdesk_owner;
ALTER TABLE contact_facets ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_facets FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE contact_facets IS 'not row-audited: derived from contacts, which is';
CREATE INDEX idx_contact_facets_contact ON public.contact_facets USING btree (org_id, contact_id);
CREATE TRIGGER contact_facets_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_facets FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY contact_facets_delete ON contact_facets FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_facets_insert ON contact_facets FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_facets_select ON contact_facets FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_facets_update ON contact_facets FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT ON contact_facets TO frontdesk_app;
GRANT DELETE, INSERT, SELECT ON contact_facets TO frontdesk_service;

CREATE TABLE contact_fields (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  key text NOT NULL,
  label text NOT NULL,
  type contact_field_type NOT NULL,
  options text[] NOT NULL DEFAULT '{}'::text[],
  required boolean NOT NULL DEFAULT false,
  removed_at timestamp with time zone,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT contact_fields_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contact_fields_org_key_key UNIQUE (org_id, key),
  CONSTRAINT contact_fields_key_check CHECK ((key ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
  CONSTRAINT contact_fields_label_check CHECK (((length(label) >= 1) AND (length(label) <= 100))),
  CONSTRAINT contact_fields_options_check CHECK ((cardinality(options) <= 100)),
  CONSTRAINT contact_fields_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE contact_fields OWNER TO frontdesk_owner;
ALTER TABLE contact_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_fields FORCE ROW LEVEL SECURITY;
CREATE TRIGGER contact_fields_audit AFTER INSERT OR DELETE OR UPDATE ON public.contact_fields FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER contact_fields_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_fields FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER contact_fields_updated_at BEFORE UPDATE ON public.contact_fields FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER contact_fields_version BEFORE UPDATE ON public.contact_fields FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY contact_fields_delete ON contact_fields FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_fields_insert ON contact_fields FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_fields_select ON contact_fields FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_fields_update ON contact_fields FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT ON contact_fields TO frontdesk_app;
GRANT DELETE, SELECT, UPDATE ON contact_fields TO frontdesk_service;
GRANT UPDATE (label, options, required, removed_at) ON contact_fields TO frontdesk_app;

CREATE TABLE contact_import_chunks (
  org_id uuid NOT NULL,
  import_id uuid NOT NULL,
  "position" integer NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT contact_import_chunks_pkey PRIMARY KEY (org_id, import_id, "position"),
  CONSTRAINT contact_import_chunks_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT contact_import_chunks_org_id_import_id_fkey FOREIGN KEY (org_id, import_id) REFERENCES contact_imports(org_id, id) ON DELETE CASCADE
);
ALTER TABLE contact_import_chunks OWNER TO frontdesk_owner;
ALTER TABLE contact_import_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_import_chunks FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE contact_import_chunks IS 'not row-audited: a file in transit; what comes of it is audited';
CREATE TRIGGER contact_import_chunks_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_import_chunks FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY contact_import_chunks_delete ON contact_import_chunks FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_chunks_insert ON contact_import_chunks FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_chunks_select ON contact_import_chunks FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_chunks_update ON contact_import_chunks FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT ON contact_import_chunks TO frontdesk_app;
GRANT DELETE, SELECT ON contact_import_chunks TO frontdesk_service;

CREATE TABLE contact_import_drafts (
  org_id uuid NOT NULL,
  import_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  phone text COLLATE "C",
  email text COLLATE "C",
  contact jsonb NOT NULL,
  CONSTRAINT contact_import_drafts_pkey PRIMARY KEY (org_id, import_id, contact_id),
  CONSTRAINT contact_import_drafts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT contact_import_drafts_org_id_import_id_fkey FOREIGN KEY (org_id, import_id) REFERENCES contact_imports(org_id, id) ON DELETE CASCADE
);
ALTER TABLE contact_import_drafts OWNER TO frontdesk_owner;
ALTER TABLE contact_import_drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_import_drafts FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE contact_import_drafts IS 'not row-audited: of a run that changes nothing; gone when it ends';
CREATE INDEX idx_contact_import_drafts_email ON public.contact_import_drafts USING btree (org_id, import_id, email);
CREATE INDEX idx_contact_import_drafts_phone ON public.contact_import_drafts USING btree (org_id, import_id, phone);
CREATE TRIGGER contact_import_drafts_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_import_drafts FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY contact_import_drafts_delete ON contact_import_drafts FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_drafts_insert ON contact_import_drafts FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_drafts_select ON contact_import_drafts FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_drafts_update ON contact_import_drafts FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, SELECT ON contact_import_drafts TO frontdesk_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON contact_import_drafts TO frontdesk_service;

CREATE TABLE contact_import_errors (
  org_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  "position" integer NOT NULL,
  column_name text NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  CONSTRAINT contact_import_errors_pkey PRIMARY KEY (org_id, import_id, line, "position"),
  CONSTRAINT contact_import_errors_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT contact_import_errors_org_id_import_id_fkey FOREIGN KEY (org_id, import_id) REFERENCES contact_imports(org_id, id) ON DELETE CASCADE
);
ALTER TABLE contact_import_errors OWNER TO frontdesk_owner;
ALTER TABLE contact_import_errors ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_import_errors FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE contact_import_errors IS 'not row-audited: the report of an import, written once';
CREATE TRIGGER contact_import_errors_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_import_errors FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY contact_import_errors_delete ON contact_import_errors FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_errors_insert ON contact_import_errors FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_errors_select ON contact_import_errors FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_import_errors_update ON contact_import_errors FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, SELECT ON contact_import_errors TO frontdesk_app;
GRANT DELETE, INSERT, SELECT ON contact_import_errors TO frontdesk_service;

CREATE TABLE contact_imports (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  status contact_import_status NOT NULL DEFAULT 'uploading'::text,
  file_name text,
  size_bytes bigint NOT NULL DEFAULT 0,
  encoding text,
  delimiter text,
  has_header boolean,
  settings jsonb,
  dry_run boolean NOT NULL DEFAULT false,
  rows_read integer NOT NULL DEFAULT 0,
  rows_created integer NOT NULL DEFAULT 0,
  rows_updated integer NOT NULL DEFAULT 0,
  rows_unchanged integer NOT NULL DEFAULT 0,
  rows_failed integer NOT NULL DEFAULT 0,
  problem text,
  problem_line integer,
  run_id uuid,
  created_by_type text NOT NULL,
  created_by uuid,
  started_by_type text,
  started_by uuid,
  started_at timestamp(3) with time zone,
  finished_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  CONSTRAINT contact_imports_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contact_imports_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
  CONSTRAINT contact_imports_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE contact_imports OWNER TO frontdesk_owner;
ALTER TABLE contact_imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_imports FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE contact_imports IS 'not row-audited: its steps are events of the trail; its counts change with every batch';
CREATE UNIQUE INDEX contact_imports_one_running ON public.contact_imports USING btree (org_id) WHERE ((status)::text = 'running'::text);
CREATE TRIGGER contact_imports_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_imports FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER contact_imports_updated_at BEFORE UPDATE ON public.contact_imports FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY contact_imports_definer_select ON contact_imports FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY contact_imports_delete ON contact_imports FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_imports_insert ON contact_imports FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_imports_select ON contact_imports FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_imports_update ON contact_imports FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON contact_imports TO frontdesk_app;
GRANT SELECT ON contact_imports TO frontdesk_definer;
GRANT DELETE, SELECT, UPDATE ON contact_imports TO frontdesk_service;

CREATE TABLE contact_legal_holds (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  reason text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT contact_legal_holds_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contact_legal_holds_contact_key UNIQUE (org_id, contact_id),
  CONSTRAINT contact_legal_holds_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  CONSTRAINT contact_legal_holds_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id),
  CONSTRAINT contact_legal_holds_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE contact_legal_holds OWNER TO frontdesk_owner;
ALTER TABLE contact_legal_holds ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_legal_holds FORCE ROW LEVEL SECURITY;
CREATE TRIGGER contact_legal_holds_audit AFTER INSERT OR DELETE OR UPDATE ON public.contact_legal_holds FOR EACH ROW EXECUTE FUNCTION record_row_change('reason');
CREATE TRIGGER contact_legal_holds_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_legal_holds FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY contact_legal_holds_delete ON contact_legal_holds FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_legal_holds_insert ON contact_legal_holds FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_legal_holds_select ON contact_legal_holds FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_legal_holds_update ON contact_legal_holds FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT ON contact_legal_holds TO frontdesk_app;
GRANT SELECT ON contact_legal_holds TO frontdesk_service;

CREATE TABLE contact_tombstones (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  merged_into uuid,
  phone text COLLATE "C",
  erased_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT contact_tombstones_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contact_tombstones_check CHECK (((merged_into IS NULL) <> (erased_at IS NULL))),
  CONSTRAINT contact_tombstones_check1 CHECK (((phone IS NULL) OR (merged_into IS NOT NULL))),
  CONSTRAINT contact_tombstones_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT contact_tombstones_org_id_merged_into_fkey FOREIGN KEY (org_id, merged_into) REFERENCES contacts(org_id, id)
);
ALTER TABLE contact_tombstones OWNER TO frontdesk_owner;
ALTER TABLE contact_tombstones ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_tombstones FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_contact_tombstones_merged_into ON public.contact_tombstones USING btree (org_id, merged_into);
CREATE UNIQUE INDEX idx_contact_tombstones_phone ON public.contact_tombstones USING btree (org_id, phone) WHERE (phone IS NOT NULL);
CREATE TRIGGER contact_tombstones_audit AFTER INSERT OR DELETE OR UPDATE ON public.contact_tombstones FOR EACH ROW EXECUTE FUNCTION record_row_change('phone');
CREATE TRIGGER contact_tombstones_org_id_immutable BEFORE UPDATE OF org_id ON public.contact_tombstones FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER contact_tombstones_updated_at BEFORE UPDATE ON public.contact_tombstones FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY contact_tombstones_delete ON contact_tombstones FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_tombstones_insert ON contact_tombstones FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_tombstones_select ON contact_tombstones FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contact_tombstones_update ON contact_tombstones FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON contact_tombstones TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON contact_tombstones TO frontdesk_service;

CREATE TABLE contacts (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  name text,
  phone text COLLATE "C",
  whatsapp_id text,
  email text COLLATE "C",
  service_interests text[] NOT NULL DEFAULT '{}'::text[],
  lead_score lead_score_type,
  lead_status lead_status_type NOT NULL DEFAULT 'new'::text,
  last_contact_at timestamp(3) with time zone,
  notes text,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  tags text[] NOT NULL DEFAULT '{}'::text[],
  custom_fields jsonb NOT NULL DEFAULT '{}'::jsonb,
  lead_status_reason text,
  name_key text COLLATE "C" GENERATED ALWAYS AS (search_key(name)) STORED,
  surname_key text COLLATE "C" GENERATED ALWAYS AS (surname_key(name)) STORED,
  search_text text COLLATE "C" GENERATED ALWAYS AS (contact_search_text(name, email, phone)) STORED,
  timezone text,
  CONSTRAINT contacts_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT contacts_org_whatsapp_id_key UNIQUE (org_id, whatsapp_id),
  CONSTRAINT idx_contacts_org_phone UNIQUE (org_id, phone),
  CONSTRAINT contacts_custom_fields_check CHECK ((jsonb_typeof(custom_fields) = 'object'::text)),
  CONSTRAINT contacts_email_check CHECK (((email = lower(email)) AND (length(email) <= 254))),
  CONSTRAINT contacts_lead_status_reason_check CHECK (((length(lead_status_reason) >= 1) AND (length(lead_status_reason) <= 500))),
  CONSTRAINT contacts_name_check CHECK ((length(name) <= 200)),
  CONSTRAINT contacts_notes_check CHECK ((length(notes) <= 10000)),
  CONSTRAINT contacts_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{5,14}$'::text)),
  CONSTRAINT contacts_tags_check CHECK ((cardinality(tags) <= 50)),
  CONSTRAINT contacts_timezone_check CHECK ((timezone ~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$'::text)),
  CONSTRAINT contacts_whatsapp_id_check CHECK (((length(whatsapp_id) >= 1) AND (length(whatsapp_id) <= 128))),
  CONSTRAINT contacts_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE contacts OWNER TO frontdesk_owner;
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_contacts_last_contact ON public.contacts USING btree (org_id, last_contact_at DESC, id DESC);
CREATE INDEX idx_contacts_org_created ON public.contacts USING btree (org_id, created_at DESC, id DESC);
CREATE INDEX idx_contacts_org_email ON public.contacts USING btree (org_id, email, id) WHERE (email IS NOT NULL);
CREATE INDEX idx_contacts_org_name ON public.contacts USING btree (org_id, name_key, id);
CREATE INDEX idx_contacts_org_phone_tail ON public.contacts USING btree (org_id, "right"(phone, 7), id) WHERE (phone IS NOT NULL);
CREATE INDEX idx_contacts_org_score_updated ON public.contacts USING btree (org_id, lead_score, updated_at DESC, id DESC);
CREATE INDEX idx_contacts_org_status_updated ON public.contacts USING btree (org_id, lead_status, updated_at DESC, id DESC);
CREATE INDEX idx_contacts_org_surname ON public.contacts USING btree (org_id, surname_key, id) WHERE (surname_key IS NOT NULL);
CREATE INDEX idx_contacts_org_updated ON public.contacts USING btree (org_id, updated_at DESC, id DESC);
CREATE INDEX idx_contacts_service_interests ON public.contacts USING gin (service_interests);
CREATE INDEX idx_contacts_similar ON public.contacts USING gist (org_id, search_text extensions.gist_trgm_ops (siglen='64'));
CREATE TRIGGER contacts_audit AFTER INSERT OR DELETE ON public.contacts FOR EACH ROW EXECUTE FUNCTION record_row_change('name', 'phone', 'whatsapp_id', 'email', 'notes', 'service_interests', 'tags', 'custom_fields', 'lead_status_reason', 'name_key', 'surname_key', 'search_text', 'timezone');
CREATE TRIGGER contacts_audit_change AFTER UPDATE ON public.contacts FOR EACH ROW WHEN (((current_setting('app.actor_type'::text, true) IS DISTINCT FROM 'system'::text) OR (NOT (old.last_contact_at IS DISTINCT FROM new.last_contact_at)) OR ((((((((((((old.name IS DISTINCT FROM new.name) OR (old.phone IS DISTINCT FROM new.phone)) OR (old.whatsapp_id IS DISTINCT FROM new.whatsapp_id)) OR (old.email IS DISTINCT FROM new.email)) OR (old.service_interests IS DISTINCT FROM new.service_interests)) OR ((old.lead_score)::text IS DISTINCT FROM (new.lead_score)::text)) OR ((old.lead_status)::text IS DISTINCT FROM (new.lead_status)::text)) OR (old.notes IS DISTINCT FROM new.notes)) OR (old.tags IS DISTINCT FROM new.tags)) OR (old.custom_fields IS DISTINCT FROM new.custom_fields)) OR (old.lead_status_reason IS DISTINCT FROM new.lead_status_reason)) OR (old.timezone IS DISTINCT FROM new.timezone)))) EXECUTE FUNCTION record_row_change('name', 'phone', 'whatsapp_id', 'email', 'notes', 'service_interests', 'tags', 'custom_fields', 'lead_status_reason', 'name_key', 'surname_key', 'search_text', 'timezone');
CREATE TRIGGER contacts_change_addresses AFTER UPDATE OF phone, whatsapp_id ON public.contacts FOR EACH ROW WHEN (((old.phone IS DISTINCT FROM new.phone) OR (old.whatsapp_id IS DISTINCT FROM new.whatsapp_id))) EXECUTE FUNCTION give_addresses_to_contact();
CREATE TRIGGER contacts_facets_insert AFTER INSERT ON public.contacts FOR EACH ROW WHEN (((new.tags <> '{}'::text[]) OR (new.service_interests <> '{}'::text[]) OR (new.custom_fields <> '{}'::jsonb))) EXECUTE FUNCTION sync_contact_facets();
CREATE TRIGGER contacts_facets_update AFTER UPDATE OF tags, service_interests, custom_fields ON public.contacts FOR EACH ROW WHEN ((((old.tags IS DISTINCT FROM new.tags) OR (old.service_interests IS DISTINCT FROM new.service_interests)) OR (old.custom_fields IS DISTINCT FROM new.custom_fields))) EXECUTE FUNCTION sync_contact_facets();
CREATE TRIGGER contacts_org_id_immutable BEFORE UPDATE OF org_id ON public.contacts FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER contacts_status_change AFTER UPDATE OF lead_status ON public.contacts FOR EACH ROW WHEN (((old.lead_status)::text IS DISTINCT FROM (new.lead_status)::text)) EXECUTE FUNCTION record_lead_status_change();
CREATE TRIGGER contacts_status_insert AFTER INSERT ON public.contacts FOR EACH ROW WHEN (((new.lead_status)::text <> 'new'::text)) EXECUTE FUNCTION record_lead_status_change();
CREATE TRIGGER contacts_take_addresses AFTER INSERT ON public.contacts FOR EACH ROW EXECUTE FUNCTION give_addresses_to_contact();
CREATE TRIGGER contacts_updated_at BEFORE UPDATE ON public.contacts FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER contacts_version BEFORE UPDATE ON public.contacts FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY contacts_definer_select ON contacts FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY contacts_delete ON contacts FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contacts_insert ON contacts FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contacts_select ON contacts FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY contacts_update ON contacts FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON contacts TO frontdesk_app;
GRANT SELECT ON contacts TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON contacts TO frontdesk_service;

CREATE TABLE conversations (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  connection_id uuid,
  contact_address text NOT NULL,
  status conversation_status NOT NULL DEFAULT 'open'::text,
  assignee_id uuid,
  answered_by answered_by_type NOT NULL DEFAULT 'human'::text,
  session_window_ends_at timestamp with time zone,
  last_message_id uuid,
  last_message_at timestamp(3) with time zone NOT NULL,
  last_inbound_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  window_warned_at timestamp with time zone,
  business_address text,
  CONSTRAINT conversations_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT conversations_contact_connection_key UNIQUE (org_id, contact_id, connection_id),
  CONSTRAINT conversations_business_address_check CHECK (((length(business_address) >= 1) AND (length(business_address) <= 128))),
  CONSTRAINT conversations_contact_address_check CHECK (((length(contact_address) >= 1) AND (length(contact_address) <= 128))),
  CONSTRAINT conversations_org_id_assignee_id_fkey FOREIGN KEY (org_id, assignee_id) REFERENCES memberships(org_id, user_id) ON DELETE SET NULL (assignee_id),
  CONSTRAINT conversations_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE SET NULL (connection_id),
  CONSTRAINT conversations_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id),
  CONSTRAINT conversations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE conversations OWNER TO frontdesk_owner;
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversations FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_conversations_org_assignee ON public.conversations USING btree (org_id, assignee_id, last_message_at DESC, id DESC);
CREATE INDEX idx_conversations_org_connection ON public.conversations USING btree (org_id, connection_id);
CREATE INDEX idx_conversations_org_last_message ON public.conversations USING btree (org_id, last_message_at DESC, id DESC);
CREATE INDEX idx_conversations_org_status ON public.conversations USING btree (org_id, status, last_message_at DESC, id DESC);
CREATE INDEX idx_conversations_window ON public.conversations USING btree (session_window_ends_at, org_id, id) WHERE (session_window_ends_at IS NOT NULL);
CREATE TRIGGER conversations_audit AFTER INSERT OR DELETE OR UPDATE ON public.conversations FOR EACH ROW EXECUTE FUNCTION record_row_change('contact_address');
CREATE TRIGGER conversations_org_id_immutable BEFORE UPDATE OF org_id ON public.conversations FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER conversations_updated_at BEFORE UPDATE ON public.conversations FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER conversations_version BEFORE UPDATE ON public.conversations FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY conversations_definer_select ON conversations FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY conversations_delete ON conversations FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY conversations_insert ON conversations FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY conversations_select ON conversations FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY conversations_update ON conversations FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON conversations TO frontdesk_app;
GRANT SELECT ON conversations TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON conversations TO frontdesk_service;

CREATE TABLE cron_runs (
  job text NOT NULL,
  slot timestamp with time zone NOT NULL,
  claimed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT cron_runs_pkey PRIMARY KEY (job, slot)
);
ALTER TABLE cron_runs OWNER TO frontdesk_owner;
GRANT DELETE, INSERT, SELECT ON cron_runs TO frontdesk_service;

CREATE TABLE former_members (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT former_members_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT former_members_org_user_key UNIQUE (org_id, user_id),
  CONSTRAINT former_members_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT former_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
ALTER TABLE former_members OWNER TO frontdesk_owner;
ALTER TABLE former_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_members FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE former_members IS 'not row-audited: the row of a membership that was deleted is';
CREATE TRIGGER former_members_org_id_immutable BEFORE UPDATE OF org_id ON public.former_members FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY former_members_delete ON former_members FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY former_members_insert ON former_members FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY former_members_select ON former_members FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY former_members_update ON former_members FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON former_members TO frontdesk_service;

CREATE TABLE idempotency_keys (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  operation text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  response_status integer NOT NULL,
  response_body json,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  sealed_body text,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT idempotency_keys_operation_key UNIQUE (org_id, operation, key),
  CONSTRAINT idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255))),
  CONSTRAINT idempotency_keys_one_body CHECK (((response_body IS NULL) OR (sealed_body IS NULL))),
  CONSTRAINT idempotency_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE idempotency_keys OWNER TO frontdesk_owner;
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE idempotency_keys IS 'not row-audited: a copy of an answer that was given';
CREATE INDEX idx_idempotency_keys_created ON public.idempotency_keys USING btree (created_at);
CREATE INDEX idx_idempotency_keys_sealed ON public.idempotency_keys USING btree (org_id, id) WHERE (sealed_body IS NOT NULL);
CREATE TRIGGER idempotency_keys_org_id_immutable BEFORE UPDATE OF org_id ON public.idempotency_keys FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY idempotency_keys_definer_delete ON idempotency_keys FOR DELETE TO frontdesk_definer USING (true);
CREATE POLICY idempotency_keys_definer_insert ON idempotency_keys FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY idempotency_keys_definer_select ON idempotency_keys FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY idempotency_keys_delete ON idempotency_keys FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY idempotency_keys_insert ON idempotency_keys FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY idempotency_keys_select ON idempotency_keys FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY idempotency_keys_update ON idempotency_keys FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON idempotency_keys TO frontdesk_app;
GRANT DELETE, INSERT, SELECT ON idempotency_keys TO frontdesk_definer;
GRANT INSERT, SELECT ON idempotency_keys TO frontdesk_service;
GRANT UPDATE (response_body, sealed_body) ON idempotency_keys TO frontdesk_service;

CREATE TABLE invitations (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  role membership_role NOT NULL,
  invited_by uuid,
  token_hash text,
  expires_at timestamp with time zone NOT NULL,
  accepted_at timestamp with time zone,
  accepted_by uuid,
  revoked_at timestamp with time zone,
  mail_state mail_state NOT NULL DEFAULT 'waiting'::text,
  mailed_at timestamp with time zone,
  mails_asked_at timestamp with time zone[] NOT NULL DEFAULT ARRAY[now()],
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT invitations_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT invitations_email_check CHECK (((email = lower(email)) AND (length(email) <= 254))),
  CONSTRAINT invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users(id),
  CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users(id),
  CONSTRAINT invitations_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE invitations OWNER TO frontdesk_owner;
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_invitations_updated ON public.invitations USING btree (org_id, updated_at);
CREATE UNIQUE INDEX invitations_one_open ON public.invitations USING btree (org_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
CREATE TRIGGER invitations_audit AFTER INSERT OR DELETE OR UPDATE ON public.invitations FOR EACH ROW EXECUTE FUNCTION record_row_change('email', 'token_hash');
CREATE TRIGGER invitations_org_id_immutable BEFORE UPDATE OF org_id ON public.invitations FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER invitations_updated_at BEFORE UPDATE ON public.invitations FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER invitations_version BEFORE UPDATE ON public.invitations FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY invitations_delete ON invitations FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY invitations_insert ON invitations FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY invitations_select ON invitations FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY invitations_update ON invitations FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT ON invitations TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON invitations TO frontdesk_service;
GRANT SELECT (org_id, id, email, role, invited_by, expires_at, accepted_at, accepted_by, revoked_at, mail_state, mailed_at, mails_asked_at, created_at, updated_at, version) ON invitations TO frontdesk_app;
GRANT UPDATE (expires_at, revoked_at, mail_state, mails_asked_at) ON invitations TO frontdesk_app;

CREATE TABLE lead_status_changes (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  from_status lead_status_type NOT NULL,
  to_status lead_status_type NOT NULL,
  reason text,
  actor_type text NOT NULL,
  actor_id uuid,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  CONSTRAINT lead_status_changes_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT lead_status_changes_reason_check CHECK ((length(reason) <= 500)),
  CONSTRAINT lead_status_changes_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id) ON DELETE CASCADE,
  CONSTRAINT lead_status_changes_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE lead_status_changes OWNER TO frontdesk_owner;
ALTER TABLE lead_status_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_status_changes FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE lead_status_changes IS 'not row-audited: the change of the contact is';
CREATE INDEX idx_lead_status_changes_contact ON public.lead_status_changes USING btree (org_id, contact_id, created_at DESC, id DESC);
CREATE TRIGGER lead_status_changes_org_id_immutable BEFORE UPDATE OF org_id ON public.lead_status_changes FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY lead_status_changes_delete ON lead_status_changes FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY lead_status_changes_insert ON lead_status_changes FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY lead_status_changes_select ON lead_status_changes FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY lead_status_changes_update ON lead_status_changes FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON lead_status_changes TO frontdesk_app;
GRANT INSERT, SELECT ON lead_status_changes TO frontdesk_service;
GRANT UPDATE (contact_id) ON lead_status_changes TO frontdesk_app;
GRANT UPDATE (contact_id) ON lead_status_changes TO frontdesk_service;

CREATE TABLE media_files (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  direction message_direction NOT NULL,
  message_id uuid,
  "position" smallint NOT NULL DEFAULT 0,
  status media_status NOT NULL DEFAULT 'pending'::text,
  error_code text,
  source_url text,
  declared_type text,
  content_type text,
  size_bytes integer,
  sha256 text,
  file_name text,
  uploaded_by_type message_author,
  uploaded_by uuid,
  expires_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT media_files_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT media_files_check CHECK ((((status)::text = 'stored'::text) = ((content_type IS NOT NULL) AND (size_bytes IS NOT NULL) AND (sha256 IS NOT NULL)))),
  CONSTRAINT media_files_check1 CHECK (((error_code IS NOT NULL) = (((status)::text = 'refused'::text) OR ((status)::text = 'failed'::text)))),
  CONSTRAINT media_files_check2 CHECK (((message_id IS NULL) = (expires_at IS NOT NULL))),
  CONSTRAINT media_files_content_type_check CHECK ((length(content_type) <= 255)),
  CONSTRAINT media_files_declared_type_check CHECK ((length(declared_type) <= 255)),
  CONSTRAINT media_files_error_code_check CHECK (((length(error_code) >= 1) AND (length(error_code) <= 64))),
  CONSTRAINT media_files_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
  CONSTRAINT media_files_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  CONSTRAINT media_files_size_bytes_check CHECK ((size_bytes > 0)),
  CONSTRAINT media_files_source_url_check CHECK ((length(source_url) <= 4096)),
  CONSTRAINT media_files_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT media_files_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES messages(org_id, id) ON DELETE CASCADE
);
ALTER TABLE media_files OWNER TO frontdesk_owner;
ALTER TABLE media_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE media_files FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_media_files_expires ON public.media_files USING btree (expires_at, org_id, id) WHERE (expires_at IS NOT NULL);
CREATE INDEX idx_media_files_message ON public.media_files USING btree (org_id, message_id, "position");
CREATE INDEX idx_media_files_pending ON public.media_files USING btree (created_at, org_id, id) WHERE ((status)::text = 'pending'::text);
CREATE TRIGGER media_files_audit AFTER INSERT OR DELETE OR UPDATE ON public.media_files FOR EACH ROW EXECUTE FUNCTION record_row_change('source_url', 'file_name', 'sha256');
CREATE TRIGGER media_files_gone AFTER DELETE ON public.media_files FOR EACH ROW EXECUTE FUNCTION forget_stored_media();
CREATE TRIGGER media_files_org_id_immutable BEFORE UPDATE OF org_id ON public.media_files FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER media_files_updated_at BEFORE UPDATE ON public.media_files FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY media_files_definer_select ON media_files FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY media_files_delete ON media_files FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY media_files_insert ON media_files FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY media_files_select ON media_files FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY media_files_update ON media_files FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON media_files TO frontdesk_app;
GRANT SELECT ON media_files TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON media_files TO frontdesk_service;

CREATE TABLE memberships (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  role membership_role NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  last_sign_in_at timestamp with time zone,
  CONSTRAINT memberships_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT memberships_org_user_key UNIQUE (org_id, user_id),
  CONSTRAINT memberships_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
ALTER TABLE memberships OWNER TO frontdesk_owner;
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_memberships_user ON public.memberships USING btree (user_id);
CREATE TRIGGER memberships_audit AFTER INSERT OR DELETE OR UPDATE ON public.memberships FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER memberships_org_id_immutable BEFORE UPDATE OF org_id ON public.memberships FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER memberships_remember AFTER DELETE ON public.memberships FOR EACH ROW EXECUTE FUNCTION remember_former_member();
CREATE TRIGGER memberships_updated_at BEFORE UPDATE ON public.memberships FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER memberships_version BEFORE UPDATE ON public.memberships FOR EACH ROW WHEN ((NOT (new.last_sign_in_at IS DISTINCT FROM old.last_sign_in_at))) EXECUTE FUNCTION count_row_version();
CREATE POLICY memberships_definer_select ON memberships FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY memberships_delete ON memberships FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY memberships_insert ON memberships FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY memberships_select ON memberships FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY memberships_update ON memberships FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON memberships TO frontdesk_app;
GRANT SELECT ON memberships TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON memberships TO frontdesk_service;

CREATE TABLE message_status_events (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  message_id uuid NOT NULL,
  provider_message_id text NOT NULL,
  status text NOT NULL,
  error_code text,
  source status_event_source NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT message_status_events_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT message_status_events_status_check CHECK (((length(status) >= 1) AND (length(status) <= 32))),
  CONSTRAINT message_status_events_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT message_status_events_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES messages(org_id, id) ON DELETE CASCADE
);
ALTER TABLE message_status_events OWNER TO frontdesk_owner;
ALTER TABLE message_status_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_status_events FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE message_status_events IS 'not row-audited: append-only, and the message that it moves is';
CREATE INDEX idx_message_status_events_message ON public.message_status_events USING btree (org_id, message_id, occurred_at, id);
CREATE TRIGGER message_status_events_append_only BEFORE DELETE OR UPDATE ON public.message_status_events FOR EACH ROW EXECUTE FUNCTION refuse_change_but_with_message();
ALTER TABLE message_status_events ENABLE ALWAYS TRIGGER message_status_events_append_only;
CREATE TRIGGER message_status_events_no_truncate BEFORE TRUNCATE ON public.message_status_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE message_status_events ENABLE ALWAYS TRIGGER message_status_events_no_truncate;
CREATE TRIGGER message_status_events_org_id_immutable BEFORE UPDATE OF org_id ON public.message_status_events FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY message_status_events_delete ON message_status_events FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_status_events_insert ON message_status_events FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_status_events_select ON message_status_events FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_status_events_update ON message_status_events FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON message_status_events TO frontdesk_app;
GRANT INSERT, SELECT ON message_status_events TO frontdesk_service;

CREATE TABLE message_tallies (
  org_id uuid NOT NULL,
  day date NOT NULL,
  received integer NOT NULL,
  waiting integer NOT NULL,
  sent integer NOT NULL,
  delivered integer NOT NULL,
  failed integer NOT NULL,
  CONSTRAINT message_tallies_pkey PRIMARY KEY (org_id, day),
  CONSTRAINT message_tallies_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE message_tallies OWNER TO frontdesk_owner;
ALTER TABLE message_tallies ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_tallies FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE message_tallies IS 'not row-audited: counts of rows that are there, made anew every quarter of an hour';
CREATE TRIGGER message_tallies_org_id_immutable BEFORE UPDATE OF org_id ON public.message_tallies FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY message_tallies_definer_select ON message_tallies FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY message_tallies_delete ON message_tallies FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_tallies_insert ON message_tallies FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_tallies_select ON message_tallies FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_tallies_update ON message_tallies FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON message_tallies TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON message_tallies TO frontdesk_service;

CREATE TABLE message_templates (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  kind template_kind NOT NULL,
  name text NOT NULL,
  language text NOT NULL,
  consent_purpose consent_purpose NOT NULL,
  body text,
  variables jsonb NOT NULL DEFAULT '[]'::jsonb,
  provider provider_type,
  provider_account_id text,
  provider_template_id text,
  content_type text,
  approval template_approval,
  rejection_reason text,
  provider_purpose consent_purpose,
  synced_at timestamp with time zone,
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT message_templates_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT message_templates_body_check CHECK ((length(body) <= 4096)),
  CONSTRAINT message_templates_check CHECK ((((kind)::text = 'provider'::text) = ((provider IS NOT NULL) AND (provider_account_id IS NOT NULL) AND (provider_template_id IS NOT NULL) AND (approval IS NOT NULL) AND (provider_purpose IS NOT NULL)))),
  CONSTRAINT message_templates_check1 CHECK ((((kind)::text = 'provider'::text) OR (body IS NOT NULL))),
  CONSTRAINT message_templates_check2 CHECK (((provider_purpose IS NULL) OR ((provider_purpose)::text = 'transactional'::text) OR ((consent_purpose)::text = 'marketing'::text))),
  CONSTRAINT message_templates_language_check CHECK (((length(language) >= 1) AND (length(language) <= 35))),
  CONSTRAINT message_templates_name_check CHECK (((length(name) >= 1) AND (length(name) <= 512))),
  CONSTRAINT message_templates_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE message_templates OWNER TO frontdesk_owner;
ALTER TABLE message_templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_templates FORCE ROW LEVEL SECURITY;
CREATE UNIQUE INDEX idx_message_templates_name ON public.message_templates USING btree (org_id, name, language) WHERE ((kind)::text = 'text'::text);
CREATE UNIQUE INDEX idx_message_templates_provider ON public.message_templates USING btree (org_id, provider, provider_account_id, provider_template_id) WHERE ((kind)::text = 'provider'::text);
CREATE TRIGGER message_templates_audit AFTER INSERT OR DELETE OR UPDATE ON public.message_templates FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER message_templates_org_id_immutable BEFORE UPDATE OF org_id ON public.message_templates FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER message_templates_updated_at BEFORE UPDATE ON public.message_templates FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER message_templates_version BEFORE UPDATE ON public.message_templates FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY message_templates_delete ON message_templates FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_templates_insert ON message_templates FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_templates_select ON message_templates FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY message_templates_update ON message_templates FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON message_templates TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON message_templates TO frontdesk_service;

CREATE TABLE messages (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  direction message_direction NOT NULL,
  purpose message_purpose NOT NULL DEFAULT 'reply'::text,
  body text,
  media jsonb NOT NULL DEFAULT '[]'::jsonb,
  template jsonb,
  author_type message_author NOT NULL,
  author_id uuid,
  in_reply_to uuid,
  provider_message_id text,
  raw_payload jsonb,
  status message_status NOT NULL,
  error_code text,
  attempt integer NOT NULL DEFAULT 0,
  attempted_at timestamp with time zone,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  connection_id uuid,
  consent_purpose consent_purpose NOT NULL DEFAULT 'transactional'::text,
  lane smallint GENERATED ALWAYS AS (
CASE (purpose)::text
    WHEN 'consent_reply'::text THEN 0
    WHEN 'reply'::text THEN 1
    ELSE 2
END) STORED,
  queued_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  next_attempt_at timestamp with time zone,
  dispatch_id bigint,
  held_because message_hold,
  held_until timestamp(3) with time zone,
  cause_type text,
  cause_id text,
  segments integer,
  is_code boolean NOT NULL DEFAULT false,
  CONSTRAINT messages_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT messages_one_consent_reply UNIQUE (org_id, in_reply_to, purpose),
  CONSTRAINT messages_body_check CHECK ((length(body) <= 4096)),
  CONSTRAINT messages_cause_check CHECK (((cause_type IS NULL) = (cause_id IS NULL))),
  CONSTRAINT messages_cause_id_check CHECK (((length(cause_id) >= 1) AND (length(cause_id) <= 128))),
  CONSTRAINT messages_cause_type_check CHECK (((length(cause_type) >= 1) AND (length(cause_type) <= 64))),
  CONSTRAINT messages_held_check CHECK (((((status)::text = 'held'::text) = (held_because IS NOT NULL)) AND ((held_until IS NOT NULL) = (((status)::text = 'held'::text) AND ((held_because)::text <> 'paused'::text))))),
  CONSTRAINT messages_segments_check CHECK ((segments > 0)),
  CONSTRAINT messages_org_id_conversation_id_fkey FOREIGN KEY (org_id, conversation_id) REFERENCES conversations(org_id, id),
  CONSTRAINT messages_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT messages_org_id_in_reply_to_fkey FOREIGN KEY (org_id, in_reply_to) REFERENCES messages(org_id, id)
);
ALTER TABLE messages OWNER TO frontdesk_owner;
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE messages FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_messages_cause ON public.messages USING btree (org_id, cause_type, cause_id, status) WHERE (cause_id IS NOT NULL);
CREATE INDEX idx_messages_dispatch ON public.messages USING btree (org_id, connection_id, lane, queued_at, id) WHERE ((status)::text = 'queued'::text);
CREATE INDEX idx_messages_handed_over ON public.messages USING btree (org_id, conversation_id, attempted_at) WHERE (((status)::text = 'sending'::text) AND (provider_message_id IS NULL));
CREATE INDEX idx_messages_held ON public.messages USING btree (held_until, org_id, id) WHERE ((status)::text = 'held'::text);
CREATE INDEX idx_messages_lost ON public.messages USING btree (org_id, attempted_at) WHERE (((status)::text = 'failed'::text) AND (provider_message_id IS NULL));
CREATE INDEX idx_messages_org_conversation ON public.messages USING btree (org_id, conversation_id, created_at DESC, id DESC);
CREATE INDEX idx_messages_org_held ON public.messages USING btree (org_id, held_until, id) WHERE ((status)::text = 'held'::text);
CREATE UNIQUE INDEX idx_messages_org_provider_id ON public.messages USING btree (org_id, provider_message_id);
CREATE INDEX idx_messages_turn ON public.messages USING btree (org_id, conversation_id, queued_at, id) WHERE (((status)::text = 'queued'::text) OR (((status)::text = 'sending'::text) AND (provider_message_id IS NULL)));
CREATE INDEX idx_messages_unfinished ON public.messages USING btree (org_id, id) WHERE (((status)::text = 'queued'::text) OR ((status)::text = 'unknown'::text) OR (((status)::text = 'sending'::text) AND (provider_message_id IS NULL)));
CREATE TRIGGER messages_address BEFORE UPDATE ON public.messages FOR EACH ROW WHEN ((((new.purpose)::text = 'consent_reply'::text) AND ((new.direction)::text = 'outgoing'::text) AND ((new.status)::text = 'sending'::text) AND (new.provider_message_id IS NULL) AND (old.attempt IS DISTINCT FROM new.attempt))) EXECUTE FUNCTION refuse_message_to_suspended();
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_address;
CREATE TRIGGER messages_address_made BEFORE INSERT ON public.messages FOR EACH ROW WHEN ((((new.direction)::text = 'outgoing'::text) AND ((new.purpose)::text = 'consent_reply'::text))) EXECUTE FUNCTION refuse_message_to_suspended();
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_address_made;
CREATE TRIGGER messages_audit AFTER INSERT OR DELETE ON public.messages FOR EACH ROW EXECUTE FUNCTION record_row_change('body', 'media', 'template', 'raw_payload');
CREATE TRIGGER messages_audit_change AFTER UPDATE ON public.messages FOR EACH ROW WHEN (((current_setting('app.actor_type'::text, true) IS DISTINCT FROM 'system'::text) OR (((new.status)::text = ANY (ARRAY['held'::text, 'canceled'::text, 'failed'::text])) AND ((old.status)::text <> (new.status)::text)) OR ((((((((((((old.conversation_id IS DISTINCT FROM new.conversation_id) OR ((old.direction)::text IS DISTINCT FROM (new.direction)::text)) OR ((old.purpose)::text IS DISTINCT FROM (new.purpose)::text)) OR ((old.consent_purpose)::text IS DISTINCT FROM (new.consent_purpose)::text)) OR (old.body IS DISTINCT FROM new.body)) OR (old.media IS DISTINCT FROM new.media)) OR (old.template IS DISTINCT FROM new.template)) OR ((old.author_type)::text IS DISTINCT FROM (new.author_type)::text)) OR (old.author_id IS DISTINCT FROM new.author_id)) OR (old.cause_type IS DISTINCT FROM new.cause_type)) OR (old.cause_id IS DISTINCT FROM new.cause_id)) OR (old.raw_payload IS DISTINCT FROM new.raw_payload)))) EXECUTE FUNCTION record_row_change('body', 'media', 'template', 'raw_payload');
CREATE TRIGGER messages_consent BEFORE UPDATE ON public.messages FOR EACH ROW WHEN ((((new.direction)::text = 'outgoing'::text) AND (((old.direction)::text <> 'outgoing'::text) OR (((new.status)::text = 'sending'::text) AND (new.provider_message_id IS NULL) AND (((old.status)::text <> 'sending'::text) OR (old.provider_message_id IS NOT NULL) OR ((old.attempt IS DISTINCT FROM new.attempt) OR (old.attempted_at IS DISTINCT FROM new.attempted_at))))))) EXECUTE FUNCTION refuse_message_without_consent();
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_consent;
CREATE TRIGGER messages_consent_made BEFORE INSERT ON public.messages FOR EACH ROW WHEN (((new.direction)::text = 'outgoing'::text)) EXECUTE FUNCTION refuse_message_without_consent();
ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_consent_made;
CREATE TRIGGER messages_org_id_immutable BEFORE UPDATE OF org_id ON public.messages FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER messages_place BEFORE INSERT OR UPDATE OF conversation_id ON public.messages FOR EACH ROW WHEN (((new.direction)::text = 'outgoing'::text)) EXECUTE FUNCTION place_outgoing_message();
CREATE TRIGGER messages_updated_at BEFORE UPDATE ON public.messages FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY messages_definer_select ON messages FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY messages_delete ON messages FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY messages_insert ON messages FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY messages_select ON messages FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY messages_update ON messages FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON messages TO frontdesk_app;
GRANT SELECT ON messages TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON messages TO frontdesk_service;

CREATE TABLE migrations (
  id integer NOT NULL DEFAULT nextval('migrations_id_seq'::regclass),
  "timestamp" bigint NOT NULL,
  name character varying NOT NULL,
  CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY (id)
);
ALTER TABLE migrations OWNER TO frontdesk_owner;
GRANT SELECT ON migrations TO frontdesk_service;

CREATE TABLE operator_accesses (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  operator_id uuid NOT NULL,
  session_id uuid NOT NULL,
  reason text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  ended_by uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT operator_accesses_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT operator_accesses_reason_check CHECK (((length(reason) >= 10) AND (length(reason) <= 500))),
  CONSTRAINT operator_accesses_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users(id),
  CONSTRAINT operator_accesses_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE operator_accesses OWNER TO frontdesk_owner;
ALTER TABLE operator_accesses ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_accesses FORCE ROW LEVEL SECURITY;
CREATE TRIGGER operator_accesses_audit AFTER INSERT OR DELETE OR UPDATE ON public.operator_accesses FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER operator_accesses_org_id_immutable BEFORE UPDATE OF org_id ON public.operator_accesses FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER operator_accesses_updated_at BEFORE UPDATE ON public.operator_accesses FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY operator_accesses_definer_select ON operator_accesses FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY operator_accesses_delete ON operator_accesses FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY operator_accesses_insert ON operator_accesses FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY operator_accesses_select ON operator_accesses FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY operator_accesses_update ON operator_accesses FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON operator_accesses TO frontdesk_definer;
GRANT INSERT, SELECT, UPDATE ON operator_accesses TO frontdesk_service;
GRANT SELECT (org_id, id, operator_id, reason, expires_at, ended_at, ended_by, created_at) ON operator_accesses TO frontdesk_app;
GRANT UPDATE (ended_at, ended_by) ON operator_accesses TO frontdesk_app;

CREATE TABLE organization_keys (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  wrapped_key text NOT NULL,
  master_key_id text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  unused_since timestamp with time zone,
  CONSTRAINT organization_keys_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT organization_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE organization_keys OWNER TO frontdesk_owner;
ALTER TABLE organization_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization_keys FORCE ROW LEVEL SECURITY;
CREATE TRIGGER organization_keys_audit AFTER INSERT OR DELETE OR UPDATE ON public.organization_keys FOR EACH ROW EXECUTE FUNCTION record_row_change('wrapped_key');
CREATE TRIGGER organization_keys_org_id_immutable BEFORE UPDATE OF org_id ON public.organization_keys FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER organization_keys_updated_at BEFORE UPDATE ON public.organization_keys FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY organization_keys_definer_select ON organization_keys FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY organization_keys_delete ON organization_keys FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY organization_keys_insert ON organization_keys FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY organization_keys_select ON organization_keys FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY organization_keys_update ON organization_keys FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON organization_keys TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON organization_keys TO frontdesk_service;

CREATE TABLE organizations (
  id uuid NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  timezone text NOT NULL DEFAULT 'UTC'::text,
  default_country text NOT NULL DEFAULT 'US'::text,
  locale text NOT NULL DEFAULT 'en'::text,
  status organization_status NOT NULL DEFAULT 'active'::text,
  is_platform_owner boolean NOT NULL DEFAULT false,
  audit_retention_days integer NOT NULL DEFAULT 90,
  webhook_retention_days integer NOT NULL DEFAULT 30,
  message_retention_days integer,
  quiet_hours_start time without time zone NOT NULL DEFAULT '21:00:00'::time without time zone,
  quiet_hours_end time without time zone NOT NULL DEFAULT '08:00:00'::time without time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  suspended_at timestamp with time zone,
  suspension_reason text,
  provisioning_role membership_role,
  provisioning_domains text[] NOT NULL DEFAULT '{}'::text[],
  CONSTRAINT organizations_pkey PRIMARY KEY (id),
  CONSTRAINT organizations_slug_key UNIQUE (slug),
  CONSTRAINT organizations_audit_retention_days_check CHECK ((audit_retention_days >= 1)),
  CONSTRAINT organizations_default_country_check CHECK ((default_country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT organizations_message_retention_days_check CHECK ((message_retention_days >= 1)),
  CONSTRAINT organizations_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  CONSTRAINT organizations_provisioning_domains_check CHECK ((cardinality(provisioning_domains) <= 50)),
  CONSTRAINT organizations_provisioning_role_check CHECK (((provisioning_role)::text <> 'owner'::text)),
  CONSTRAINT organizations_slug_check CHECK ((slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'::text)),
  CONSTRAINT organizations_suspension_reason_check CHECK (((length(suspension_reason) >= 1) AND (length(suspension_reason) <= 500))),
  CONSTRAINT organizations_webhook_retention_days_check CHECK ((webhook_retention_days >= 1))
);
ALTER TABLE organizations OWNER TO frontdesk_owner;
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE UNIQUE INDEX organizations_one_platform_owner ON public.organizations USING btree (is_platform_owner) WHERE is_platform_owner;
CREATE TRIGGER organizations_audit AFTER INSERT OR DELETE OR UPDATE ON public.organizations FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER organizations_updated_at BEFORE UPDATE ON public.organizations FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER organizations_version BEFORE UPDATE ON public.organizations FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY organizations_definer_select ON organizations FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY organizations_delete ON organizations FOR DELETE TO PUBLIC USING ((id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY organizations_insert ON organizations FOR INSERT TO PUBLIC WITH CHECK ((id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY organizations_select ON organizations FOR SELECT TO PUBLIC USING ((id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY organizations_update ON organizations FOR UPDATE TO PUBLIC USING ((id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON organizations TO frontdesk_app;
GRANT SELECT ON organizations TO frontdesk_definer;
GRANT INSERT, SELECT, UPDATE ON organizations TO frontdesk_service;
GRANT UPDATE (name, slug, timezone, default_country, locale, audit_retention_days, webhook_retention_days, message_retention_days, quiet_hours_start, quiet_hours_end, provisioning_role, provisioning_domains) ON organizations TO frontdesk_app;

CREATE TABLE parked_deliveries (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  address text,
  webhook_log_id uuid NOT NULL,
  received_at timestamp with time zone NOT NULL,
  claim_id uuid NOT NULL,
  state parked_state NOT NULL,
  reason parked_reason NOT NULL,
  assigned_org_id uuid,
  settled_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT parked_deliveries_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT parked_deliveries_claim_key UNIQUE (org_id, claim_id),
  CONSTRAINT parked_deliveries_address_check CHECK (((length(address) >= 1) AND (length(address) <= 128))),
  CONSTRAINT parked_deliveries_state_check CHECK (((((state)::text = ANY (ARRAY['asked'::text, 'waiting'::text])) = (settled_at IS NULL)) AND (((state)::text = 'assigned'::text) = (assigned_org_id IS NOT NULL)) AND ((address IS NULL) = (settled_at IS NOT NULL)))),
  CONSTRAINT parked_deliveries_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id),
  CONSTRAINT parked_deliveries_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE parked_deliveries OWNER TO frontdesk_owner;
ALTER TABLE parked_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE parked_deliveries FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_parked_deliveries_address ON public.parked_deliveries USING btree (org_id, address) WHERE (address IS NOT NULL);
CREATE INDEX idx_parked_deliveries_connection ON public.parked_deliveries USING btree (org_id, connection_id, state);
CREATE INDEX idx_parked_deliveries_state ON public.parked_deliveries USING btree (org_id, state, id);
CREATE TRIGGER parked_deliveries_audit AFTER INSERT OR DELETE OR UPDATE ON public.parked_deliveries FOR EACH ROW EXECUTE FUNCTION record_row_change('address');
CREATE TRIGGER parked_deliveries_org_id_immutable BEFORE UPDATE OF org_id ON public.parked_deliveries FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER parked_deliveries_updated_at BEFORE UPDATE ON public.parked_deliveries FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY parked_deliveries_definer_select ON parked_deliveries FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY parked_deliveries_definer_update ON parked_deliveries FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY parked_deliveries_delete ON parked_deliveries FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY parked_deliveries_insert ON parked_deliveries FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY parked_deliveries_select ON parked_deliveries FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY parked_deliveries_update ON parked_deliveries FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON parked_deliveries TO frontdesk_app;
GRANT SELECT, UPDATE ON parked_deliveries TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON parked_deliveries TO frontdesk_service;

CREATE TABLE password_resets (
  id uuid NOT NULL,
  user_id uuid,
  token_hash text,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT password_resets_pkey PRIMARY KEY (id),
  CONSTRAINT password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
ALTER TABLE password_resets OWNER TO frontdesk_owner;
CREATE INDEX idx_password_resets_expires ON public.password_resets USING btree (expires_at);
CREATE INDEX idx_password_resets_user ON public.password_resets USING btree (user_id, created_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON password_resets TO frontdesk_service;

CREATE TABLE pending_sign_ups (
  id uuid NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  slug text NOT NULL,
  timezone text NOT NULL,
  default_country text NOT NULL,
  locale text NOT NULL,
  token_hash text,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT pending_sign_ups_pkey PRIMARY KEY (id),
  CONSTRAINT pending_sign_ups_email_check CHECK (((email = lower(email)) AND (length(email) <= 254)))
);
ALTER TABLE pending_sign_ups OWNER TO frontdesk_owner;
CREATE INDEX idx_pending_sign_ups_email ON public.pending_sign_ups USING btree (email, created_at);
CREATE INDEX idx_pending_sign_ups_expires ON public.pending_sign_ups USING btree (expires_at);
GRANT DELETE, INSERT, SELECT, UPDATE ON pending_sign_ups TO frontdesk_service;

CREATE TABLE phone_number_mappings (
  id uuid NOT NULL,
  org_id uuid NOT NULL,
  user_id uuid,
  contact_id uuid,
  phone_number text NOT NULL,
  country_code text,
  is_verified boolean NOT NULL DEFAULT false,
  verified_at timestamp with time zone,
  channels jsonb NOT NULL DEFAULT '[]'::jsonb,
  primary_channel channel_type,
  whatsapp_opted_in boolean NOT NULL DEFAULT false,
  whatsapp_opted_in_at timestamp with time zone,
  whatsapp_opted_out_at timestamp with time zone,
  sms_opted_in boolean NOT NULL DEFAULT false,
  sms_opted_in_at timestamp with time zone,
  sms_opted_out_at timestamp with time zone,
  voice_opted_in boolean NOT NULL DEFAULT false,
  voice_opted_in_at timestamp with time zone,
  voice_opted_out_at timestamp with time zone,
  status mapping_status NOT NULL DEFAULT 'active'::text,
  last_message_at timestamp with time zone,
  message_count integer NOT NULL DEFAULT 0,
  metadata jsonb NOT NULL DEFAULT '{}'::jsonb,
  notes text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  whatsapp_marketing_opted_in boolean NOT NULL DEFAULT false,
  whatsapp_marketing_opted_in_at timestamp with time zone,
  whatsapp_marketing_opted_out_at timestamp with time zone,
  sms_marketing_opted_in boolean NOT NULL DEFAULT false,
  sms_marketing_opted_in_at timestamp with time zone,
  sms_marketing_opted_out_at timestamp with time zone,
  voice_marketing_opted_in boolean NOT NULL DEFAULT false,
  voice_marketing_opted_in_at timestamp with time zone,
  voice_marketing_opted_out_at timestamp with time zone,
  version integer NOT NULL DEFAULT 1,
  status_changed_at timestamp with time zone,
  unreachable_on text[] NOT NULL DEFAULT '{}'::text[],
  CONSTRAINT phone_number_mappings_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT phone_number_mappings_country_code_check CHECK ((country_code ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT phone_number_mappings_phone_number_check CHECK (((length(phone_number) >= 1) AND (length(phone_number) <= 128))),
  CONSTRAINT phone_number_mappings_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES contacts(org_id, id),
  CONSTRAINT phone_number_mappings_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT phone_number_mappings_org_id_user_id_fkey FOREIGN KEY (org_id, user_id) REFERENCES memberships(org_id, user_id) ON DELETE SET NULL (user_id)
);
ALTER TABLE phone_number_mappings OWNER TO frontdesk_owner;
ALTER TABLE phone_number_mappings ENABLE ROW LEVEL SECURITY;
ALTER TABLE phone_number_mappings FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_phone_mappings_contact ON public.phone_number_mappings USING btree (org_id, contact_id);
CREATE INDEX idx_phone_mappings_created_at ON public.phone_number_mappings USING btree (org_id, created_at DESC, id DESC);
CREATE INDEX idx_phone_mappings_phone_number ON public.phone_number_mappings USING btree (phone_number);
CREATE INDEX idx_phone_mappings_status ON public.phone_number_mappings USING btree (org_id, status);
CREATE UNIQUE INDEX idx_phone_mappings_tenant_phone ON public.phone_number_mappings USING btree (org_id, phone_number);
CREATE INDEX idx_phone_mappings_user ON public.phone_number_mappings USING btree (org_id, user_id);
CREATE INDEX idx_phone_mappings_whatsapp_opt_in ON public.phone_number_mappings USING btree (org_id, whatsapp_opted_in);
CREATE TRIGGER phone_mappings_consent BEFORE UPDATE OF phone_number, whatsapp_opted_in, whatsapp_marketing_opted_in, sms_opted_in, sms_marketing_opted_in, voice_opted_in, voice_marketing_opted_in ON public.phone_number_mappings FOR EACH ROW EXECUTE FUNCTION refuse_forged_consent();
ALTER TABLE phone_number_mappings ENABLE ALWAYS TRIGGER phone_mappings_consent;
CREATE TRIGGER phone_mappings_consent_made BEFORE INSERT ON public.phone_number_mappings FOR EACH ROW WHEN ((new.whatsapp_opted_in OR new.whatsapp_marketing_opted_in OR new.sms_opted_in OR new.sms_marketing_opted_in OR new.voice_opted_in OR new.voice_marketing_opted_in)) EXECUTE FUNCTION refuse_forged_consent();
ALTER TABLE phone_number_mappings ENABLE ALWAYS TRIGGER phone_mappings_consent_made;
CREATE TRIGGER phone_number_mappings_audit AFTER INSERT OR DELETE OR UPDATE ON public.phone_number_mappings FOR EACH ROW EXECUTE FUNCTION record_row_change('phone_number', 'metadata', 'notes');
CREATE TRIGGER phone_number_mappings_moved AFTER UPDATE ON public.phone_number_mappings FOR EACH ROW WHEN (((old.contact_id IS DISTINCT FROM new.contact_id) OR (old.user_id IS DISTINCT FROM new.user_id))) EXECUTE FUNCTION void_verification();
CREATE TRIGGER phone_number_mappings_org_id_immutable BEFORE UPDATE OF org_id ON public.phone_number_mappings FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER phone_number_mappings_person BEFORE UPDATE ON public.phone_number_mappings FOR EACH ROW WHEN ((old.is_verified AND (((old.contact_id IS NOT NULL) AND (old.contact_id IS DISTINCT FROM new.contact_id)) OR ((old.user_id IS NOT NULL) AND (old.user_id IS DISTINCT FROM new.user_id))))) EXECUTE FUNCTION forget_verification();
CREATE TRIGGER phone_number_mappings_version BEFORE UPDATE ON public.phone_number_mappings FOR EACH ROW WHEN (((((((((old.contact_id IS DISTINCT FROM new.contact_id) OR (old.user_id IS DISTINCT FROM new.user_id)) OR (old.notes IS DISTINCT FROM new.notes)) OR (old.metadata IS DISTINCT FROM new.metadata)) OR ((old.primary_channel)::text IS DISTINCT FROM (new.primary_channel)::text)) OR ((old.status)::text IS DISTINCT FROM (new.status)::text)) OR (old.unreachable_on IS DISTINCT FROM new.unreachable_on)) OR (old.is_verified IS DISTINCT FROM new.is_verified))) EXECUTE FUNCTION count_row_version();
CREATE TRIGGER trigger_phone_mappings_updated_at BEFORE UPDATE ON public.phone_number_mappings FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY phone_number_mappings_definer_select ON phone_number_mappings FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY phone_number_mappings_delete ON phone_number_mappings FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY phone_number_mappings_insert ON phone_number_mappings FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY phone_number_mappings_select ON phone_number_mappings FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY phone_number_mappings_update ON phone_number_mappings FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON phone_number_mappings TO frontdesk_app;
GRANT SELECT ON phone_number_mappings TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON phone_number_mappings TO frontdesk_service;

CREATE TABLE phone_verifications (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  mapping_id uuid,
  phone text NOT NULL,
  channel channel_type NOT NULL,
  status verification_status NOT NULL DEFAULT 'open'::text,
  attempts integer NOT NULL DEFAULT 0,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT phone_verifications_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT phone_verifications_attempts_check CHECK ((attempts >= 0)),
  CONSTRAINT phone_verifications_phone_check CHECK (((length(phone) >= 1) AND (length(phone) <= 128))),
  CONSTRAINT phone_verifications_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT phone_verifications_org_id_mapping_id_fkey FOREIGN KEY (org_id, mapping_id) REFERENCES phone_number_mappings(org_id, id) ON DELETE SET NULL (mapping_id)
);
ALTER TABLE phone_verifications OWNER TO frontdesk_owner;
ALTER TABLE phone_verifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE phone_verifications FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_phone_verifications_created ON public.phone_verifications USING btree (org_id, created_at);
CREATE INDEX idx_phone_verifications_mapping ON public.phone_verifications USING btree (org_id, mapping_id);
CREATE INDEX idx_phone_verifications_phone ON public.phone_verifications USING btree (org_id, phone, created_at);
CREATE UNIQUE INDEX phone_verifications_one_open ON public.phone_verifications USING btree (org_id, mapping_id) WHERE ((status)::text = 'open'::text);
CREATE TRIGGER phone_verifications_audit AFTER INSERT OR DELETE OR UPDATE ON public.phone_verifications FOR EACH ROW EXECUTE FUNCTION record_row_change('phone');
CREATE TRIGGER phone_verifications_org_id_immutable BEFORE UPDATE OF org_id ON public.phone_verifications FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER phone_verifications_updated_at BEFORE UPDATE ON public.phone_verifications FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY phone_verifications_delete ON phone_verifications FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY phone_verifications_insert ON phone_verifications FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY phone_verifications_select ON phone_verifications FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY phone_verifications_update ON phone_verifications FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON phone_verifications TO frontdesk_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON phone_verifications TO frontdesk_service;
GRANT UPDATE (status) ON phone_verifications TO frontdesk_app;

CREATE TABLE processed_webhook_events (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  event_id text NOT NULL,
  event_type text NOT NULL,
  payload_hash text NOT NULL,
  status webhook_event_status NOT NULL,
  processed_at timestamp with time zone,
  error_message text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT processed_webhook_events_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT processed_webhook_events_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE processed_webhook_events OWNER TO frontdesk_owner;
ALTER TABLE processed_webhook_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE processed_webhook_events FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE processed_webhook_events IS 'not row-audited: bookkeeping of deliveries, which webhook_logs records';
CREATE INDEX idx_processed_webhook_events_created ON public.processed_webhook_events USING btree (org_id, created_at);
CREATE UNIQUE INDEX idx_processed_webhook_events_org_event ON public.processed_webhook_events USING btree (org_id, event_id);
CREATE TRIGGER processed_webhook_events_org_id_immutable BEFORE UPDATE OF org_id ON public.processed_webhook_events FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY processed_webhook_events_definer_delete ON processed_webhook_events FOR DELETE TO frontdesk_definer USING (true);
CREATE POLICY processed_webhook_events_definer_insert ON processed_webhook_events FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY processed_webhook_events_definer_select ON processed_webhook_events FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY processed_webhook_events_definer_update ON processed_webhook_events FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY processed_webhook_events_delete ON processed_webhook_events FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY processed_webhook_events_insert ON processed_webhook_events FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY processed_webhook_events_select ON processed_webhook_events FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY processed_webhook_events_update ON processed_webhook_events FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON processed_webhook_events TO frontdesk_definer;
GRANT SELECT ON processed_webhook_events TO frontdesk_service;
GRANT UPDATE (status, processed_at, error_message) ON processed_webhook_events TO frontdesk_service;

CREATE TABLE shared_number_members (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  member_org_id uuid NOT NULL,
  member_connection_id uuid NOT NULL,
  created_at timestamp(3) with time zone NOT NULL DEFAULT now(),
  CONSTRAINT shared_number_members_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT shared_number_members_key UNIQUE (org_id, connection_id, member_org_id),
  CONSTRAINT shared_number_members_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id),
  CONSTRAINT shared_number_members_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE shared_number_members OWNER TO frontdesk_owner;
ALTER TABLE shared_number_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE shared_number_members FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_shared_number_members_connection ON public.shared_number_members USING btree (member_connection_id);
CREATE TRIGGER shared_number_members_audit AFTER INSERT OR DELETE OR UPDATE ON public.shared_number_members FOR EACH ROW EXECUTE FUNCTION record_row_change();
CREATE TRIGGER shared_number_members_org_id_immutable BEFORE UPDATE OF org_id ON public.shared_number_members FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY shared_number_members_definer_delete ON shared_number_members FOR DELETE TO frontdesk_definer USING (true);
CREATE POLICY shared_number_members_definer_insert ON shared_number_members FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY shared_number_members_definer_select ON shared_number_members FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY shared_number_members_delete ON shared_number_members FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY shared_number_members_insert ON shared_number_members FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY shared_number_members_select ON shared_number_members FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY shared_number_members_update ON shared_number_members FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON shared_number_members TO frontdesk_app;
GRANT DELETE, INSERT, SELECT ON shared_number_members TO frontdesk_definer;
GRANT SELECT ON shared_number_members TO frontdesk_service;

CREATE TABLE shared_senders (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  connection_id uuid NOT NULL,
  address text NOT NULL,
  options uuid[] NOT NULL DEFAULT '{}'::uuid[],
  times_asked integer NOT NULL DEFAULT 0,
  asked_at timestamp with time zone,
  sent_at timestamp with time zone,
  answer_until timestamp with time zone,
  chosen_org_id uuid,
  chosen_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  business_address text,
  CONSTRAINT shared_senders_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT shared_senders_address_key UNIQUE (org_id, address, connection_id),
  CONSTRAINT shared_senders_address_check CHECK (((length(address) >= 1) AND (length(address) <= 128))),
  CONSTRAINT shared_senders_business_address_check CHECK (((length(business_address) >= 1) AND (length(business_address) <= 128))),
  CONSTRAINT shared_senders_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE CASCADE,
  CONSTRAINT shared_senders_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE shared_senders OWNER TO frontdesk_owner;
ALTER TABLE shared_senders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shared_senders FORCE ROW LEVEL SECURITY;
CREATE TRIGGER shared_senders_audit AFTER INSERT OR DELETE OR UPDATE ON public.shared_senders FOR EACH ROW EXECUTE FUNCTION record_row_change('address');
CREATE TRIGGER shared_senders_org_id_immutable BEFORE UPDATE OF org_id ON public.shared_senders FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER shared_senders_updated_at BEFORE UPDATE ON public.shared_senders FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE POLICY shared_senders_definer_delete ON shared_senders FOR DELETE TO frontdesk_definer USING (true);
CREATE POLICY shared_senders_definer_select ON shared_senders FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY shared_senders_definer_update ON shared_senders FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY shared_senders_delete ON shared_senders FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY shared_senders_insert ON shared_senders FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY shared_senders_select ON shared_senders FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY shared_senders_update ON shared_senders FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON shared_senders TO frontdesk_app;
GRANT DELETE, SELECT, UPDATE ON shared_senders TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON shared_senders TO frontdesk_service;

CREATE TABLE suppression_keys (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  sealed_key text NOT NULL,
  data_key_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT suppression_keys_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT suppression_keys_org_key UNIQUE (org_id),
  CONSTRAINT suppression_keys_org_id_data_key_id_fkey FOREIGN KEY (org_id, data_key_id) REFERENCES organization_keys(org_id, id),
  CONSTRAINT suppression_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE suppression_keys OWNER TO frontdesk_owner;
ALTER TABLE suppression_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE suppression_keys FORCE ROW LEVEL SECURITY;
CREATE TRIGGER suppression_keys_audit AFTER INSERT OR DELETE OR UPDATE ON public.suppression_keys FOR EACH ROW EXECUTE FUNCTION record_row_change('sealed_key');
CREATE TRIGGER suppression_keys_org_id_immutable BEFORE UPDATE OF org_id ON public.suppression_keys FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY suppression_keys_delete ON suppression_keys FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY suppression_keys_insert ON suppression_keys FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY suppression_keys_select ON suppression_keys FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY suppression_keys_update ON suppression_keys FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON suppression_keys TO frontdesk_service;
GRANT UPDATE (sealed_key, data_key_id) ON suppression_keys TO frontdesk_service;

CREATE TABLE template_syncs (
  org_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  synced_at timestamp with time zone,
  tried_at timestamp with time zone NOT NULL,
  error_code text,
  CONSTRAINT template_syncs_pkey PRIMARY KEY (org_id, connection_id),
  CONSTRAINT template_syncs_error_code_check CHECK (((length(error_code) >= 1) AND (length(error_code) <= 64))),
  CONSTRAINT template_syncs_org_id_connection_id_fkey FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections(org_id, id) ON DELETE CASCADE,
  CONSTRAINT template_syncs_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE template_syncs OWNER TO frontdesk_owner;
ALTER TABLE template_syncs ENABLE ROW LEVEL SECURITY;
ALTER TABLE template_syncs FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE template_syncs IS 'not row-audited: says when it was last looked; what was found is in message_templates';
CREATE TRIGGER template_syncs_org_id_immutable BEFORE UPDATE OF org_id ON public.template_syncs FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY template_syncs_delete ON template_syncs FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY template_syncs_insert ON template_syncs FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY template_syncs_select ON template_syncs FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY template_syncs_update ON template_syncs FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON template_syncs TO frontdesk_app;
GRANT INSERT, SELECT, UPDATE ON template_syncs TO frontdesk_service;

CREATE TABLE user_identities (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT user_identities_pkey PRIMARY KEY (id),
  CONSTRAINT user_identities_subject_key UNIQUE (issuer, subject),
  CONSTRAINT user_identities_issuer_check CHECK ((length(issuer) <= 500)),
  CONSTRAINT user_identities_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255))),
  CONSTRAINT user_identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
ALTER TABLE user_identities OWNER TO frontdesk_owner;
CREATE INDEX idx_user_identities_user ON public.user_identities USING btree (user_id);
GRANT INSERT, SELECT ON user_identities TO frontdesk_service;

CREATE TABLE users (
  id uuid NOT NULL,
  email text NOT NULL,
  first_name text NOT NULL DEFAULT ''::text,
  last_name text NOT NULL DEFAULT ''::text,
  phone_number character varying(20),
  password_hash text,
  status user_status NOT NULL DEFAULT 'active'::text,
  last_login_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_check CHECK (((email = lower(email)) AND (length(email) <= 254))),
  CONSTRAINT users_phone_number_check CHECK (((phone_number)::text ~ '^\+[1-9][0-9]{5,14}$'::text))
);
ALTER TABLE users OWNER TO frontdesk_owner;
CREATE INDEX idx_users_phone_number ON public.users USING btree (phone_number);
CREATE TRIGGER users_updated_at BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
GRANT INSERT, SELECT, UPDATE ON users TO frontdesk_service;
GRANT SELECT (id, email, phone_number, status) ON users TO frontdesk_definer;

CREATE TABLE voice_settings (
  org_id uuid NOT NULL,
  id uuid NOT NULL,
  language text NOT NULL,
  voice text,
  greeting text,
  forward_to text[] NOT NULL,
  forward_timeout_seconds integer NOT NULL,
  forward_hours jsonb,
  voicemail_enabled boolean NOT NULL,
  voicemail_prompt text,
  voicemail_max_seconds integer NOT NULL,
  voicemail_deleted_at_provider boolean NOT NULL,
  closing text NOT NULL,
  stop_prompt text NOT NULL,
  missed_text_enabled boolean NOT NULL,
  missed_text text NOT NULL,
  missed_text_connection_id uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT voice_settings_pkey PRIMARY KEY (org_id, id),
  CONSTRAINT voice_settings_closing_check CHECK (((length(closing) >= 1) AND (length(closing) <= 1000))),
  CONSTRAINT voice_settings_forward_timeout_seconds_check CHECK (((forward_timeout_seconds >= 5) AND (forward_timeout_seconds <= 120))),
  CONSTRAINT voice_settings_forward_to_check CHECK ((cardinality(forward_to) <= 10)),
  CONSTRAINT voice_settings_greeting_check CHECK (((length(greeting) >= 1) AND (length(greeting) <= 1000))),
  CONSTRAINT voice_settings_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$'::text)),
  CONSTRAINT voice_settings_missed_text_check CHECK (((length(missed_text) >= 1) AND (length(missed_text) <= 1000))),
  CONSTRAINT voice_settings_stop_prompt_check CHECK (((length(stop_prompt) >= 1) AND (length(stop_prompt) <= 300))),
  CONSTRAINT voice_settings_voice_check CHECK ((voice ~ '^[A-Za-z0-9._-]{1,60}$'::text)),
  CONSTRAINT voice_settings_voicemail_max_seconds_check CHECK (((voicemail_max_seconds >= 5) AND (voicemail_max_seconds <= 600))),
  CONSTRAINT voice_settings_voicemail_prompt_check CHECK (((length(voicemail_prompt) >= 1) AND (length(voicemail_prompt) <= 1000))),
  CONSTRAINT voice_settings_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id),
  CONSTRAINT voice_settings_org_id_id_fkey FOREIGN KEY (org_id, id) REFERENCES channel_connections(org_id, id) ON DELETE CASCADE,
  CONSTRAINT voice_settings_org_id_missed_text_connection_id_fkey FOREIGN KEY (org_id, missed_text_connection_id) REFERENCES channel_connections(org_id, id) ON DELETE SET NULL (missed_text_connection_id)
);
ALTER TABLE voice_settings OWNER TO frontdesk_owner;
ALTER TABLE voice_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE voice_settings FORCE ROW LEVEL SECURITY;
CREATE INDEX idx_voice_settings_missed_text_connection ON public.voice_settings USING btree (org_id, missed_text_connection_id);
CREATE TRIGGER voice_settings_audit AFTER INSERT OR DELETE OR UPDATE ON public.voice_settings FOR EACH ROW EXECUTE FUNCTION record_row_change('forward_to');
CREATE TRIGGER voice_settings_org_id_immutable BEFORE UPDATE OF org_id ON public.voice_settings FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE TRIGGER voice_settings_updated_at BEFORE UPDATE ON public.voice_settings FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
CREATE TRIGGER voice_settings_version BEFORE UPDATE ON public.voice_settings FOR EACH ROW EXECUTE FUNCTION count_row_version();
CREATE POLICY voice_settings_delete ON voice_settings FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY voice_settings_insert ON voice_settings FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY voice_settings_select ON voice_settings FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY voice_settings_update ON voice_settings FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON voice_settings TO frontdesk_app;
GRANT SELECT ON voice_settings TO frontdesk_service;

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
  processing_started_at timestamp with time zone,
  processing_completed_at timestamp with time zone,
  processing_duration_ms integer,
  error_message text,
  retry_count integer NOT NULL DEFAULT 0,
  response_status integer NOT NULL,
  response_body jsonb,
  received_at timestamp with time zone NOT NULL,
  ip_address inet,
  connection_id uuid,
  event_row_id uuid,
  verdict webhook_verdict,
  replay_count integer NOT NULL DEFAULT 0,
  replayed_at timestamp with time zone,
  replayed_by uuid,
  CONSTRAINT webhook_logs_pkey PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
-- partitions, one a month: owner frontdesk_owner, row-level security forced, own triggers: none, grants: none
ALTER TABLE webhook_logs OWNER TO frontdesk_owner;
ALTER TABLE webhook_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_logs FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE webhook_logs IS 'not row-audited: it is itself the record of what was delivered, and expires';
CREATE INDEX idx_webhook_logs_connection ON ONLY public.webhook_logs USING btree (org_id, connection_id, received_at DESC);
CREATE INDEX idx_webhook_logs_external_id ON ONLY public.webhook_logs USING btree (external_id);
CREATE INDEX idx_webhook_logs_received_at ON ONLY public.webhook_logs USING btree (received_at);
CREATE INDEX idx_webhook_logs_replayed ON ONLY public.webhook_logs USING btree (org_id, received_at DESC, id DESC) WHERE (replay_count > 0);
CREATE INDEX idx_webhook_logs_source_type ON ONLY public.webhook_logs USING btree (org_id, webhook_source, webhook_type, received_at DESC);
CREATE INDEX idx_webhook_logs_status ON ONLY public.webhook_logs USING btree (org_id, processing_status, received_at DESC);
CREATE INDEX idx_webhook_logs_tenant ON ONLY public.webhook_logs USING btree (org_id, received_at DESC, id DESC);
CREATE INDEX idx_webhook_logs_unverified ON ONLY public.webhook_logs USING btree (org_id, received_at DESC, id DESC) WHERE (NOT signature_verified);
CREATE TRIGGER webhook_logs_org_id_immutable BEFORE UPDATE OF org_id ON public.webhook_logs FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY webhook_logs_definer_delete ON webhook_logs FOR DELETE TO frontdesk_definer USING (true);
CREATE POLICY webhook_logs_definer_insert ON webhook_logs FOR INSERT TO frontdesk_definer WITH CHECK (true);
CREATE POLICY webhook_logs_definer_select ON webhook_logs FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY webhook_logs_definer_update ON webhook_logs FOR UPDATE TO frontdesk_definer USING (true) WITH CHECK (true);
CREATE POLICY webhook_logs_delete ON webhook_logs FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY webhook_logs_insert ON webhook_logs FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY webhook_logs_select ON webhook_logs FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY webhook_logs_update ON webhook_logs FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON webhook_logs TO frontdesk_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_logs TO frontdesk_definer;
GRANT SELECT ON webhook_logs TO frontdesk_service;
GRANT UPDATE (headers, payload, signature, processing_status, processing_started_at, processing_completed_at, processing_duration_ms, error_message, retry_count, replay_count, replayed_at, replayed_by) ON webhook_logs TO frontdesk_service;
GRANT UPDATE (replay_count, replayed_at, replayed_by) ON webhook_logs TO frontdesk_app;

CREATE TABLE webhook_tallies (
  org_id uuid NOT NULL,
  day date NOT NULL,
  waiting integer NOT NULL,
  processed integer NOT NULL,
  failed integer NOT NULL,
  refused integer NOT NULL,
  CONSTRAINT webhook_tallies_pkey PRIMARY KEY (org_id, day),
  CONSTRAINT webhook_tallies_org_id_fkey FOREIGN KEY (org_id) REFERENCES organizations(id)
);
ALTER TABLE webhook_tallies OWNER TO frontdesk_owner;
ALTER TABLE webhook_tallies ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_tallies FORCE ROW LEVEL SECURITY;
COMMENT ON TABLE webhook_tallies IS 'not row-audited: counts of rows that are there, made anew every quarter of an hour';
CREATE TRIGGER webhook_tallies_org_id_immutable BEFORE UPDATE OF org_id ON public.webhook_tallies FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
CREATE POLICY webhook_tallies_definer_select ON webhook_tallies FOR SELECT TO frontdesk_definer USING (true);
CREATE POLICY webhook_tallies_delete ON webhook_tallies FOR DELETE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY webhook_tallies_insert ON webhook_tallies FOR INSERT TO PUBLIC WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY webhook_tallies_select ON webhook_tallies FOR SELECT TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
CREATE POLICY webhook_tallies_update ON webhook_tallies FOR UPDATE TO PUBLIC USING ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)) WITH CHECK ((org_id = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid));
GRANT SELECT ON webhook_tallies TO frontdesk_definer;
GRANT DELETE, INSERT, SELECT, UPDATE ON webhook_tallies TO frontdesk_service;

CREATE SEQUENCE migrations_id_seq; -- owner frontdesk_owner

-- Job queue: rights only

ALTER TABLE graphile_worker._private_job_queues OWNER TO frontdesk_owner;
ALTER TABLE graphile_worker._private_job_queues ENABLE ROW LEVEL SECURITY;
CREATE POLICY frontdesk_service ON graphile_worker._private_job_queues FOR ALL TO frontdesk_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON graphile_worker._private_job_queues TO frontdesk_service;
ALTER TABLE graphile_worker._private_jobs OWNER TO frontdesk_owner;
ALTER TABLE graphile_worker._private_jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY frontdesk_service ON graphile_worker._private_jobs FOR ALL TO frontdesk_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON graphile_worker._private_jobs TO frontdesk_service;
ALTER TABLE graphile_worker._private_known_crontabs OWNER TO frontdesk_owner;
ALTER TABLE graphile_worker._private_known_crontabs ENABLE ROW LEVEL SECURITY;
CREATE POLICY frontdesk_service ON graphile_worker._private_known_crontabs FOR ALL TO frontdesk_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON graphile_worker._private_known_crontabs TO frontdesk_service;
ALTER TABLE graphile_worker._private_tasks OWNER TO frontdesk_owner;
ALTER TABLE graphile_worker._private_tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY frontdesk_service ON graphile_worker._private_tasks FOR ALL TO frontdesk_service USING (true) WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON graphile_worker._private_tasks TO frontdesk_service;
ALTER TABLE graphile_worker.jobs OWNER TO frontdesk_owner;
GRANT DELETE, INSERT, SELECT, UPDATE ON graphile_worker.jobs TO frontdesk_service;
ALTER TABLE graphile_worker.migrations OWNER TO frontdesk_owner;
GRANT DELETE, INSERT, SELECT, UPDATE ON graphile_worker.migrations TO frontdesk_service;
GRANT USAGE ON SEQUENCE graphile_worker.job_queues_id_seq TO frontdesk_service;
GRANT USAGE ON SEQUENCE graphile_worker.jobs_id_seq1 TO frontdesk_service;
GRANT USAGE ON SEQUENCE graphile_worker.tasks_id_seq TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.add_job(text,json,text,timestamp with time zone,integer,text,integer,text[],text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.add_job(text,json,text,timestamp with time zone,integer,text,integer,text[],text) TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.add_jobs(graphile_worker.job_spec[],boolean) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.add_jobs(graphile_worker.job_spec[],boolean) TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.complete_jobs(bigint[]) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.complete_jobs(bigint[]) TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.force_unlock_workers(text[]) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.force_unlock_workers(text[]) TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.permanently_fail_jobs(bigint[],text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.permanently_fail_jobs(bigint[],text) TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.remove_job(text) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.remove_job(text) TO frontdesk_service;
GRANT EXECUTE ON FUNCTION graphile_worker.reschedule_jobs(bigint[],timestamp with time zone,integer,integer,integer) TO PUBLIC;
GRANT EXECUTE ON FUNCTION graphile_worker.reschedule_jobs(bigint[],timestamp with time zone,integer,integer,integer) TO frontdesk_service;
