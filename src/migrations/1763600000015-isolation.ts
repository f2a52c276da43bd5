import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Months ahead are bounded: whoever holds the service role cannot fill the schema with partitions. */
export class Isolation1763600000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      ensureMonthPartitions(`
          IF months_ahead NOT BETWEEN 0 AND 24 THEN
            RAISE EXCEPTION 'at most two years ahead' USING ERRCODE = 'invalid_parameter_value';
          END IF;`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ensureMonthPartitions(''));
  }
}

/** The function as it was made at first, with a further check. */
function ensureMonthPartitions(check: string): string {
  return `
      CREATE OR REPLACE FUNCTION ensure_month_partitions(parent text, months_ahead int) RETURNS int
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
          month date; name text; made int := 0;
        BEGIN
          IF parent NOT IN ('audit_logs', 'webhook_logs') THEN
            RAISE EXCEPTION 'not a table with monthly partitions' USING ERRCODE = 'invalid_parameter_value';
          END IF;${check}
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
        END $$;`;
}
