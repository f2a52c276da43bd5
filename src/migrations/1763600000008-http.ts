import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowChangeRecorder } from './support/record-row-change';
import { definerMay, ownedByDefiner } from './support/tenant-table';
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

/** For effects in another organization than the caller's: the answer belongs to the caller. */
const KEPT_ELSEWHERE = `
  CREATE FUNCTION find_kept_answer(caller_org uuid, wanted_operation text, wanted_key text)
    RETURNS TABLE (id uuid, fingerprint text, response_status int, response_body json, sealed_body text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT k.id, k.fingerprint, k.response_status, k.response_body, k.sealed_body FROM idempotency_keys k
      WHERE k.org_id = caller_org AND k.operation = wanted_operation AND k.key = wanted_key
    $$;
  CREATE FUNCTION keep_answer(caller_org uuid, answer uuid, made_by text, made_with text, digest text, status int, body json, sealed text)
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      INSERT INTO idempotency_keys (org_id, id, operation, key, fingerprint, response_status, response_body, sealed_body)
      VALUES (caller_org, answer, made_by, made_with, digest, status, body, sealed)
    $$;
  ${definerMay('INSERT', 'idempotency_keys')}
  ${ownedByDefiner({
    'find_kept_answer(uuid, text, text)': 'frontdesk_service',
    'keep_answer(uuid, uuid, text, text, text, int, json, text)': 'frontdesk_service',
  })}
`;

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
      -- As it was sent: jsonb would give its members another order.
      ALTER TABLE idempotency_keys ALTER COLUMN response_body TYPE json, ADD COLUMN sealed_body text,
        ADD CONSTRAINT idempotency_keys_one_body CHECK (response_body IS NULL OR sealed_body IS NULL);
      ${KEPT_ELSEWHERE}
      ${BY_COLUMN.map((table) => `GRANT SELECT (version) ON ${table} TO frontdesk_app;`).join('')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION find_kept_answer(uuid, text, text), keep_answer(uuid, uuid, text, text, text, int, json, text);
      DROP POLICY idempotency_keys_definer_insert ON idempotency_keys;
      REVOKE INSERT ON idempotency_keys FROM frontdesk_definer;
      ALTER TABLE idempotency_keys DROP COLUMN sealed_body, ALTER COLUMN response_body TYPE jsonb;
      ${TABLES.map(unversioned).join('')}
      ${rowChangeRecorder(['updated_at'])}
      DROP FUNCTION count_row_version();
    `);
  }
}
