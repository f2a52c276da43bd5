import { TENANT } from '../catalogue';
import expected from '../expected.json';
import { sqlCheck } from '../finding';

/** Tables of no organization, a line each; docs/security.md says why of each. */
export const GLOBAL_TABLES = `
  SELECT c.oid::regclass::text AS line FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition
    AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped)`;

/** Every row says whose it is. */
export const organizations = sqlCheck(
  'organizations',
  `
  WITH ${TENANT}
  SELECT line AS object, 'no migration made this table, and it has no org_id' AS problem,
    'Move it to another schema, or make it by a migration.' AS remedy
  FROM (${GLOBAL_TABLES}) global WHERE NOT $1::jsonb ? line
  UNION ALL
  SELECT name || '.org_id', 'may be null', format('ALTER TABLE %s ALTER org_id SET NOT NULL;', name) FROM tenant WHERE NOT org_required`,
  expected.globalTables,
);

/** Row-level security binds everybody, the owner too, on tables and on each of their partitions. */
export const rowSecurity = sqlCheck(
  'row-level security',
  `
  SELECT c.oid::regclass::text AS object, 'is not enabled and forced' AS problem,
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;', c.oid::regclass) AS remedy
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    AND (c.relispartition OR c.relname = 'organizations'
      OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped))`,
);
