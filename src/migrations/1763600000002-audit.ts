import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, definerMay, ownedByDefiner, tenantPolicies } from './support/tenant-table';

/** The audit trail: append-only, by month; written by row triggers and `log_audit_event()`, read by `get_org_audit_logs()`. */
export class Audit1763600000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- org_id is null for what belongs to no organization, such as a sign-in with an unknown address; nobody sees
      -- those through row-level security. No foreign key: the trail outlives what it speaks of.
      CREATE TABLE audit_logs (
        id uuid NOT NULL,
        org_id uuid,
        event_type text NOT NULL CHECK (length(event_type) <= 100),
        operation text NOT NULL CHECK (length(operation) <= 40),
        table_name text,
        record_id uuid,
        actor text NOT NULL CHECK (length(actor) <= 200),
        actor_type text NOT NULL,
        query text CHECK (length(query) <= 500),
        old_values jsonb,
        new_values jsonb,
        ip_address inet,
        request_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (id, created_at)
      ) PARTITION BY RANGE (created_at);
      CREATE INDEX idx_audit_logs_org_created ON audit_logs (org_id, created_at DESC, id DESC);
      CREATE INDEX idx_audit_logs_org_record ON audit_logs (org_id, table_name, record_id);
      ${tenantPolicies('audit_logs')}
      COMMENT ON TABLE audit_logs IS 'not row-audited: it is the audit trail';
      ${appendOnly('audit_logs')}
      ${definerMay('SELECT', 'audit_logs')}
      ${definerMay('INSERT', 'audit_logs')}
      GRANT SELECT, INSERT ON audit_logs TO frontdesk_service;
      SELECT ensure_month_partitions('audit_logs', 3);

      CREATE FUNCTION record_row_change() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
          before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
          after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
          row_values jsonb := COALESCE(after, before);
          hidden text;
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            SELECT jsonb_object_agg(key, value) INTO after
              FROM jsonb_each(to_jsonb(NEW)) WHERE value IS DISTINCT FROM before->key AND key <> 'updated_at';
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
        END $$;

      -- For what no row shows: a sign-in, a denial, the use of a credential. Inside an organization only for that one.
      CREATE FUNCTION log_audit_event(event_type text, operation text, table_name text, actor text, org_id uuid,
          query text DEFAULT NULL, old jsonb DEFAULT NULL, new jsonb DEFAULT NULL, record_id uuid DEFAULT NULL,
          actor_type text DEFAULT NULL, ip_address inet DEFAULT NULL, request_id uuid DEFAULT NULL) RETURNS uuid
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
        END $$;

      -- One page of an organization's trail, newest first; only the organization at hand can be asked for.
      CREATE FUNCTION get_org_audit_logs(org_id uuid, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL,
          event_type text DEFAULT NULL, table_name text DEFAULT NULL, record_id uuid DEFAULT NULL, actor text DEFAULT NULL,
          before_created_at timestamptz DEFAULT NULL, before_id uuid DEFAULT NULL, page_size int DEFAULT 50)
        RETURNS SETOF audit_logs
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
        END $$;
      ${ownedByDefiner({
        'record_row_change()': '',
        [LOG_AUDIT_EVENT]: 'frontdesk_app, frontdesk_service',
        [GET_ORG_AUDIT_LOGS]: 'frontdesk_app, frontdesk_service',
      })}
      -- Creating a trigger needs this right; firing one does not.
      GRANT EXECUTE ON FUNCTION record_row_change() TO frontdesk_owner;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION ${GET_ORG_AUDIT_LOGS};
      DROP FUNCTION ${LOG_AUDIT_EVENT};
      DROP FUNCTION record_row_change();
      DROP TABLE audit_logs;
    `);
  }
}

const LOG_AUDIT_EVENT =
  'log_audit_event(text, text, text, text, uuid, text, jsonb, jsonb, uuid, text, inet, uuid)';
const GET_ORG_AUDIT_LOGS =
  'get_org_audit_logs(uuid, timestamptz, timestamptz, text, text, uuid, text, timestamptz, uuid, int)';
