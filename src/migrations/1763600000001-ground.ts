import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What every table stands on: the organization of the session, ids, triggers, and the way to the job queue. */
export class Ground1763600000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A function is callable by nobody until it is granted.
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
      REVOKE CREATE ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO frontdesk_app, frontdesk_service, frontdesk_definer;
      -- Readiness compares what is applied with what the program knows.
      GRANT SELECT ON migrations TO frontdesk_service;

      -- NULLIF: after a transaction that set it, the setting is '' and not NULL.
      CREATE FUNCTION auth_org_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT NULLIF(current_setting('app.org_id', true), '')::uuid $$;
      CREATE FUNCTION auth_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        AS $$ SELECT NULLIF(current_setting('app.user_id', true), '')::uuid $$;
      GRANT EXECUTE ON FUNCTION auth_org_id(), auth_user_id() TO frontdesk_app, frontdesk_service, frontdesk_definer;

      -- uuidv7() exists on PostgreSQL 18 only. RFC 9562: 48 bits of Unix milliseconds, version 7, random rest.
      CREATE FUNCTION new_uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
        AS $$
          SELECT encode(set_bit(set_bit(overlay(
            uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
        $$;
      GRANT EXECUTE ON FUNCTION new_uuid_v7() TO frontdesk_definer;

      CREATE FUNCTION prevent_org_id_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.org_id IS DISTINCT FROM OLD.org_id THEN
            RAISE EXCEPTION 'org_id is immutable' USING ERRCODE = 'restrict_violation';
          END IF;
          RETURN NEW;
        END $$;

      CREATE FUNCTION update_updated_at_column() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.updated_at := clock_timestamp();
          RETURN NEW;
        END $$;

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$;

      -- Months of a partitioned table, made ahead of time: a row without a partition would be refused.
      CREATE FUNCTION ensure_month_partitions(parent text, months_ahead int) RETURNS int
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
          month date; name text; made int := 0;
        BEGIN
          IF parent NOT IN ('audit_logs', 'webhook_logs') THEN
            RAISE EXCEPTION 'not a table with monthly partitions' USING ERRCODE = 'invalid_parameter_value';
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
        END $$;
      GRANT EXECUTE ON FUNCTION ensure_month_partitions(text, int) TO frontdesk_service;

      CREATE TABLE cron_runs (
        job text NOT NULL,
        slot timestamptz NOT NULL,
        claimed_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (job, slot)
      );
      GRANT SELECT, INSERT, DELETE ON cron_runs TO frontdesk_service;
    `);
    await runner.query(JOB_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION job_queue_figures();
      DROP FUNCTION release_jobs_of_dead_workers();
      DROP FUNCTION replay_dead_job(bigint);
      DROP FUNCTION list_dead_jobs(int, bigint);
      DROP FUNCTION enqueue_job(text, json, text, timestamptz, int, text);
      REVOKE ALL ON ALL TABLES IN SCHEMA graphile_worker FROM frontdesk_service;
      REVOKE ALL ON ALL SEQUENCES IN SCHEMA graphile_worker FROM frontdesk_service;
      REVOKE ALL ON ALL FUNCTIONS IN SCHEMA graphile_worker FROM frontdesk_service;
      REVOKE USAGE ON SCHEMA graphile_worker FROM frontdesk_service;
      DROP POLICY frontdesk_service ON graphile_worker._private_jobs;
      DROP POLICY frontdesk_service ON graphile_worker._private_job_queues;
      DROP POLICY frontdesk_service ON graphile_worker._private_tasks;
      DROP POLICY frontdesk_service ON graphile_worker._private_known_crontabs;
      DROP TABLE cron_runs;
      DROP FUNCTION ensure_month_partitions(text, int);
      DROP FUNCTION refuse_change();
      DROP FUNCTION update_updated_at_column();
      DROP FUNCTION prevent_org_id_change();
      DROP FUNCTION new_uuid_v7();
      DROP FUNCTION auth_user_id();
      DROP FUNCTION auth_org_id();
      REVOKE SELECT ON migrations FROM frontdesk_service;
      REVOKE USAGE ON SCHEMA public FROM frontdesk_app, frontdesk_service, frontdesk_definer;
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
    `);
  }
}

const JOB_FUNCTIONS = `
  -- The queue's tables carry row-level security without a policy; the worker connects as frontdesk_service.
  GRANT USAGE ON SCHEMA graphile_worker TO frontdesk_service;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO frontdesk_service;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA graphile_worker TO frontdesk_service;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO frontdesk_service;
  CREATE POLICY frontdesk_service ON graphile_worker._private_jobs TO frontdesk_service USING (true) WITH CHECK (true);
  CREATE POLICY frontdesk_service ON graphile_worker._private_job_queues TO frontdesk_service USING (true) WITH CHECK (true);
  CREATE POLICY frontdesk_service ON graphile_worker._private_tasks TO frontdesk_service USING (true) WITH CHECK (true);
  CREATE POLICY frontdesk_service ON graphile_worker._private_known_crontabs TO frontdesk_service USING (true) WITH CHECK (true);

  -- The only way to the queue from a request. Inside an organization a job can be queued for that organization alone,
  -- and keys of two organizations never meet. Without one, only the service role may queue.
  -- enable_seqscan: add_job looks for a pending job of the same key, and a plan made while the queue was empty would read
  -- the whole queue for every job from then on (measured: half the intake at 10,000 waiting jobs).
  CREATE FUNCTION enqueue_job(task text, payload json, job_key text, run_at timestamptz, max_attempts int,
      job_key_mode text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
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
    END $$;
  GRANT EXECUTE ON FUNCTION enqueue_job(text, json, text, timestamptz, int, text)
    TO frontdesk_app, frontdesk_service, frontdesk_definer;

  -- Jobs of the organization at hand that failed for the last time, newest first.
  CREATE FUNCTION list_dead_jobs(page_size int, before_id bigint)
    RETURNS TABLE (id bigint, task text, attempts int, last_error text, created_at timestamptz, failed_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT j.id, t.identifier, j.attempts::int, j.last_error, j.created_at, j.updated_at
      FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE j.attempts >= j.max_attempts AND j.locked_at IS NULL
        AND j.payload->>'orgId' = auth_org_id()::text
        AND (before_id IS NULL OR j.id < before_id)
      ORDER BY j.id DESC LIMIT LEAST(page_size, 201)
    $$;
  GRANT EXECUTE ON FUNCTION list_dead_jobs(int, bigint) TO frontdesk_app, frontdesk_service;

  -- Gives a dead job of the organization at hand all its attempts again; false where there is none.
  CREATE FUNCTION replay_dead_job(dead_id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      PERFORM 1 FROM graphile_worker._private_jobs j
        WHERE j.id = dead_id AND j.attempts >= j.max_attempts AND j.locked_at IS NULL
          AND j.payload->>'orgId' = auth_org_id()::text FOR UPDATE;
      IF NOT FOUND THEN RETURN false; END IF;
      PERFORM graphile_worker.reschedule_jobs(ARRAY[dead_id], now(), NULL, 0);
      RETURN true;
    END $$;
  GRANT EXECUTE ON FUNCTION replay_dead_job(bigint) TO frontdesk_app, frontdesk_service;

  -- A worker holds the advisory lock hashtextextended(its id, 0) while it lives. Jobs of a worker without its lock are
  -- freed; two seconds of grace, since a worker locks its first jobs about when it takes its lock.
  CREATE FUNCTION release_jobs_of_dead_workers() RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
    END $$;
  GRANT EXECUTE ON FUNCTION release_jobs_of_dead_workers() TO frontdesk_service;

  -- For health and metrics. lag_seconds: how long the longest-waiting due job has been waiting.
  CREATE FUNCTION job_queue_figures() RETURNS TABLE (waiting bigint, scheduled bigint, running bigint, dead bigint, lag_seconds float8)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT count(*) FILTER (WHERE is_available AND run_at <= now()),
             count(*) FILTER (WHERE is_available AND run_at > now()),
             count(*) FILTER (WHERE locked_at IS NOT NULL),
             count(*) FILTER (WHERE NOT is_available AND locked_at IS NULL),
             COALESCE(extract(epoch FROM now() - min(run_at) FILTER (WHERE is_available AND run_at <= now())), 0)::float8
      FROM graphile_worker._private_jobs
    $$;
  GRANT EXECUTE ON FUNCTION job_queue_figures() TO frontdesk_service;
`;
