import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner } from './support/tenant-table';

const ENDED = 'list_ended_overlaps()';

/** Secrets that were replaced are found when their time is over, and forgotten. */
export class Overlap1763600000033 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Connections of all organizations that hold a secret that was replaced and verifies nothing any more.
      CREATE FUNCTION ${ENDED} RETURNS TABLE (org_id uuid, id uuid)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
          SELECT c.org_id, c.id FROM channel_connections c
          WHERE c.previous_credentials_until <= now() ORDER BY c.previous_credentials_until LIMIT 1000
        $$;
      ${ownedByDefiner({ [ENDED]: 'frontdesk_service' })}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${ENDED}`);
  }
}
