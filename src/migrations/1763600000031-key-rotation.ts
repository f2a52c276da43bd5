import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownedByDefiner, touchUpdatedAt } from './support/tenant-table';

/** What a rotation of keys changes in a connection: nothing that anybody could see, so no version and no time of change. */
const SEALED = `ARRAY['credentials', 'credentials_key_id', 'previous_credentials', 'previous_credentials_key_id']`;
const CHANGED = `to_jsonb(OLD) - ${SEALED} IS DISTINCT FROM to_jsonb(NEW) - ${SEALED}`;

/** Keys are exchanged while everything runs: what is sealed is sealed again, and keys that nothing needs are removed. */
export class KeyRotation1763600000031 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE organization_keys ADD COLUMN unused_since timestamptz;
      GRANT DELETE ON organization_keys TO frontdesk_service;
      GRANT UPDATE (sealed_key, data_key_id) ON suppression_keys TO frontdesk_service;
      GRANT UPDATE (sealed_body) ON idempotency_keys TO frontdesk_service;
      CREATE INDEX idx_idempotency_keys_sealed ON idempotency_keys (org_id, id) WHERE sealed_body IS NOT NULL;
      -- Whoever edits a connection meanwhile must not be told that somebody else did.
      DROP TRIGGER channel_connections_version ON channel_connections;
      DROP TRIGGER channel_connections_updated_at ON channel_connections;
      CREATE TRIGGER channel_connections_version BEFORE UPDATE ON channel_connections
        FOR EACH ROW WHEN (${CHANGED}) EXECUTE FUNCTION count_row_version();
      CREATE TRIGGER channel_connections_updated_at BEFORE UPDATE ON channel_connections
        FOR EACH ROW WHEN (${CHANGED}) EXECUTE FUNCTION update_updated_at_column();
      ${FUNCTIONS}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION master_key_figures(), list_organizations_with_old_keys();
      DROP TRIGGER channel_connections_version ON channel_connections;
      DROP TRIGGER channel_connections_updated_at ON channel_connections;
      CREATE TRIGGER channel_connections_version BEFORE UPDATE ON channel_connections
        FOR EACH ROW EXECUTE FUNCTION count_row_version();
      ${touchUpdatedAt('channel_connections')}
      DROP INDEX idx_idempotency_keys_sealed;
      REVOKE UPDATE (sealed_body) ON idempotency_keys FROM frontdesk_service;
      REVOKE UPDATE (sealed_key, data_key_id) ON suppression_keys FROM frontdesk_service;
      REVOKE DELETE ON organization_keys FROM frontdesk_service;
      ALTER TABLE organization_keys DROP COLUMN unused_since;
    `);
  }
}

const FUNCTIONS = `
  -- How far a rotation is, over all organizations: which master keys are still needed. Names of keys and counts, no key.
  CREATE FUNCTION master_key_figures() RETURNS TABLE (master_key_id text, data_keys bigint, organizations bigint,
      replaced bigint, sealing bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT k.master_key_id, count(*), count(DISTINCT k.org_id), count(*) FILTER (WHERE k.id <> newest.id),
        count(*) FILTER (WHERE k.id <> newest.id AND k.unused_since IS NULL)
      FROM organization_keys k
        CROSS JOIN LATERAL (SELECT n.id FROM organization_keys n WHERE n.org_id = k.org_id ORDER BY n.id DESC LIMIT 1) newest
      GROUP BY k.master_key_id ORDER BY k.master_key_id
    $$;
  -- Where a data key was replaced by a newer one, and may be removed when nothing is sealed by it any more.
  CREATE FUNCTION list_organizations_with_old_keys() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT org_id FROM organization_keys GROUP BY org_id HAVING count(*) > 1 ORDER BY org_id
    $$;
  ${ownedByDefiner({
    'master_key_figures()': 'frontdesk_service',
    'list_organizations_with_old_keys()': 'frontdesk_service',
  })}
`;
