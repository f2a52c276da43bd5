import type { MigrationInterface, QueryRunner } from 'typeorm';
import { definerMay, ownedByDefiner } from './support/tenant-table';

const OPEN = 'list_open_calls(timestamptz, timestamptz, uuid, int)';

/** Calls whose end nobody told are found, so that the provider is asked for them. */
export class OpenCalls1763600000036 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX idx_calls_open ON calls (started_at, id) WHERE status IN ('queued', 'ringing', 'in_progress');
      -- Calls of all organizations that are under way since before started_before, page by page.
      CREATE FUNCTION list_open_calls(started_before timestamptz, after_start timestamptz, after_id uuid, most int)
        RETURNS TABLE (org_id uuid, id uuid, started_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT c.org_id, c.id, c.started_at FROM calls c
          WHERE c.status IN ('queued', 'ringing', 'in_progress') AND c.started_at < started_before
            AND (c.started_at, c.id) > (after_start, after_id)
          ORDER BY c.started_at, c.id LIMIT LEAST(most, 500)
        $$;
      ${ownedByDefiner({ [OPEN]: 'frontdesk_service' })}
      ${definerMay('SELECT', 'calls')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION ${OPEN};
      REVOKE SELECT ON calls FROM frontdesk_definer;
      DROP POLICY calls_definer_select ON calls;
      DROP INDEX idx_calls_open;
    `);
  }
}
