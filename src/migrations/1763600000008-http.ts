import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowChangeRecorder } from './support/record-row-change';
import { unversioned, versioned } from './support/row-version';

const TABLES = [
  'organizations',
  'memberships',
  'api_keys',
  'channel_connections',
  'contacts',
  'conversations',
];
/** Where requests may read some columns only. */
const BY_COLUMN = ['api_keys', 'channel_connections'];

/** What all of HTTP stands on: versions of rows, and kept answers that hold a secret. */
export class Http1763600000008 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION count_row_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.version := OLD.version + 1;
          RETURN NEW;
        END $$;
      ${rowChangeRecorder(['updated_at', 'version'])}
      ${TABLES.map(versioned).join('')}
      ALTER TABLE idempotency_keys ADD COLUMN sealed_body text,
        ADD CONSTRAINT idempotency_keys_one_body CHECK (response_body IS NULL OR sealed_body IS NULL);
      ${BY_COLUMN.map((table) => `GRANT SELECT (version) ON ${table} TO frontdesk_app;`).join('')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE idempotency_keys DROP COLUMN sealed_body;
      ${TABLES.map(unversioned).join('')}
      ${rowChangeRecorder(['updated_at'])}
      DROP FUNCTION count_row_version();
    `);
  }
}
