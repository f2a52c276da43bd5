import { TENANT } from '../catalogue';
import expected from '../expected.json';
import { sqlCheck } from '../finding';

const CONSTRAINTS = `
  made AS (
    SELECT t.name AS table_name, quote_ident(k.conname) AS key, pg_get_constraintdef(k.oid) AS definition
    FROM tenant t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('p', 'u', 'f', 'x') AND k.conparentid = 0
  )`;

/** The keys of tables with organizations, an object each. */
export const CONSTRAINT_LIST = `
  WITH ${TENANT}, ${CONSTRAINTS}
  SELECT jsonb_build_object('table', table_name, 'key', key, 'definition', definition) AS line FROM made`;

/** Primary and unique keys hold within an organization. */
export const keys = sqlCheck(
  'keys',
  `
  WITH ${TENANT}
  SELECT name AS object, 'no primary key leads with org_id' AS problem, 'Give it a primary key that leads with org_id.' AS remedy
  FROM tenant t WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'p' AND k.conkey[1] = t.org)
  UNION ALL
  SELECT i.indexrelid::regclass::text, format('is unique across organizations, on %s', t.name),
    COALESCE((SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', t.name, k.conname) FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = t.oid),
      format('DROP INDEX %s;', i.indexrelid::regclass))
  FROM tenant t JOIN pg_index i ON i.indrelid = t.oid WHERE (i.indisunique OR i.indisexclusion) AND NOT t.org = ANY (i.indkey::int2[])`,
);

/** A row points at rows of its own organization alone: (org_id, …) → (org_id, …), or org_id alone to organizations. */
export const foreignKeys = sqlCheck(
  'foreign keys',
  `
  WITH ${TENANT}
  SELECT k.conrelid::regclass::text AS object, format('the foreign key %s does not carry org_id', k.conname) AS problem,
    format('ALTER TABLE %s DROP CONSTRAINT %I;', k.conrelid::regclass, k.conname) AS remedy
  FROM pg_constraint k LEFT JOIN tenant t ON t.oid = k.conrelid LEFT JOIN tenant r ON r.oid = k.confrelid
  WHERE k.contype = 'f' AND k.conparentid = 0 AND r.oid IS NOT NULL
    AND NOT COALESCE(k.conkey[1] = t.org AND k.confkey[1] = r.org AND cardinality(k.conkey) > 1, false)
  UNION ALL
  SELECT t.name, format('the foreign key %s leads to an organization by another column than org_id', k.conname),
    format('ALTER TABLE %s DROP CONSTRAINT %I;', t.name, k.conname)
  FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid
  WHERE k.contype = 'f' AND k.confrelid = to_regclass('organizations') AND k.conkey <> ARRAY[t.org]
  UNION ALL
  SELECT g.tgrelid::regclass::text, format('the key of %s is not enforced: its trigger is off', k.conname),
    format('ALTER TABLE %s ENABLE TRIGGER %I;', g.tgrelid::regclass, g.tgname)
  FROM pg_trigger g JOIN pg_constraint k ON k.oid = g.tgconstraint
  WHERE g.tgisinternal AND g.tgenabled NOT IN ('O', 'A') AND k.connamespace = 'public'::regnamespace`,
);

/** The keys that the migrations made are there as they made them. */
export const keysInPlace = sqlCheck(
  'keys in place',
  `
  WITH ${TENANT}, ${CONSTRAINTS}, wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) wanted ("table" text, key text, definition text)
  )
  SELECT w."table" AS object, format('the key %s is missing, or says something else', w.key) AS problem,
    CASE WHEN EXISTS (SELECT FROM made m WHERE m.table_name = w."table" AND m.key = w.key)
      THEN format('ALTER TABLE %s DROP CONSTRAINT %s; ', w."table", w.key) ELSE '' END
    || format('ALTER TABLE %s ADD CONSTRAINT %s %s;', w."table", w.key, w.definition) AS remedy
  FROM wanted w WHERE NOT EXISTS (
    SELECT FROM made m WHERE m.table_name = w."table" AND m.key = w.key AND m.definition = w.definition)`,
  expected.keys,
);
