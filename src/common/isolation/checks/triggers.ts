import { TENANT } from '../catalogue';
import expected from '../expected.json';
import { sqlCheck } from '../finding';

const TRIGGERS = `
  made AS (
    SELECT c.oid, c.oid::regclass::text AS table_name, g.tgname::text AS name, g.tgenabled::text AS state, pg_get_triggerdef(g.oid) AS definition,
      p.proname IN ('prevent_org_id_change', 'refuse_change') AS only_refuses
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND NOT g.tgisinternal
  )`;

/** How a trigger is brought into a state. */
const enabling = (table: string, state: string, name: string): string =>
  `format('ALTER TABLE %s ENABLE %sTRIGGER %I;', ${table}, CASE ${state} WHEN 'A' THEN 'ALWAYS ' ELSE '' END, ${name})`;

/** The triggers of our tables, an object each. */
export const TRIGGER_LIST = `
  WITH ${TRIGGERS}
  SELECT jsonb_build_object('table', table_name, 'name', name, 'state', state, 'definition', definition) AS line FROM made`;

/**
 * No row moves to another organization, whoever asks, and triggers are those of the migrations. pg_trigger.tgtype: 1 row,
 * 2 before, 16 update; tgenabled: O in ordinary sessions, A always, R in replicas, D never.
 */
export const triggers = sqlCheck(
  'triggers',
  `
  WITH ${TENANT}, ${TRIGGERS}, wanted AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) wanted ("table" text, name text, state text, definition text)
  )
  SELECT t.name AS object, 'org_id can be changed' AS problem,
    format('CREATE OR REPLACE TRIGGER %I BEFORE UPDATE OF org_id ON %s FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();', c.relname || '_org_id_immutable', t.name) AS remedy
  FROM tenant t JOIN pg_class c ON c.oid = t.oid WHERE NOT EXISTS (
    SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgtype & 19 = 19 AND p.proname IN ('prevent_org_id_change', 'refuse_change')
      AND (g.tgattr = '' OR t.org = ANY (g.tgattr::int2[])) AND g.tgqual IS NULL)
  UNION ALL
  SELECT w."table", format('the trigger %s is missing, or does something else', w.name),
    replace(w.definition, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER') || ';'
      || CASE WHEN w.state = 'A' THEN ' ' || ${enabling('w."table"', 'w.state', 'w.name')} ELSE '' END
  FROM wanted w WHERE to_regclass(w."table") IS NOT NULL AND NOT EXISTS (
    SELECT FROM made m WHERE m.table_name = w."table" AND m.name = w.name AND m.definition = w.definition)
  UNION ALL
  SELECT m.table_name, format('the trigger %s is off, or not always on', m.name), ${enabling('m.table_name', 'w.state', 'w.name')}
  FROM wanted w JOIN made m ON m.table_name = w."table" AND m.name = w.name WHERE m.state <> w.state
  UNION ALL
  SELECT m.table_name, format('no migration made the trigger %s', m.name), format('DROP TRIGGER %I ON %s;', m.name, m.table_name)
  FROM made m WHERE NOT only_refuses AND NOT EXISTS (SELECT FROM wanted w WHERE w."table" = m.table_name AND w.name = m.name)
  UNION ALL
  SELECT c.oid::regclass::text, format('the trigger %s is off, or not always on', g.tgname),
    ${enabling('c.oid::regclass', "COALESCE(parent.tgenabled::text, 'A')", 'g.tgname')}
  FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid LEFT JOIN pg_trigger parent ON parent.oid = g.tgparentid
  WHERE c.relispartition AND c.relnamespace = 'public'::regnamespace AND (NOT g.tgisinternal OR parent.oid IS NOT NULL)
    AND g.tgenabled <> COALESCE(parent.tgenabled, 'A')
  UNION ALL
  SELECT c.oid::regclass::text, format('the rule %s rewrites statements with its owner''s rights', r.rulename), format('DROP RULE %I ON %s;', r.rulename, c.oid::regclass)
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`,
  expected.triggers,
);
