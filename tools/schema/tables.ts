import type { ClientBase } from 'pg';
import { grants, lines, section } from './text';

/** Tables and views of the schema, without the partitions, which come and go with the months. */
const RELATIONS = `
  SELECT c.oid::regclass::text AS line FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  ORDER BY c.relname COLLATE "C"`;

const COLUMNS = `
  SELECT format('  %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attcollation NOT IN (t.typcollation, 0) THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END,
    CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
    COALESCE(CASE WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
      ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END, '')) AS line
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

/** NOT NULL has a constraint of its own from PostgreSQL 18 on; it stands with its column. */
const CONSTRAINTS = `
  SELECT format('  CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint
  WHERE conrelid = $1::text::regclass AND contype <> 'n' AND contype <> 't'
  ORDER BY array_position('{p,u,x,c,f}'::"char"[], contype), conname COLLATE "C"`;

const HEAD = `
  SELECT format('%s %s', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, $1::text) AS line
  FROM pg_class c WHERE c.oid = $1::text::regclass`;

const TAIL = `
  SELECT COALESCE(' PARTITION BY ' || pg_get_partkeydef(c.oid), '')
    || COALESCE(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '')
    || CASE WHEN c.relkind IN ('v', 'm') THEN E' AS\\n' || rtrim(pg_get_viewdef(c.oid), ';') ELSE '' END || ';' AS line
  FROM pg_class c WHERE c.oid = $1::text::regclass`;

const OWNER_AND_SECURITY = `
  SELECT unnest(ARRAY[
    format('ALTER TABLE %s OWNER TO %s;', $1::text, c.relowner::regrole),
    CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', $1::text) END,
    CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE %s FORCE ROW LEVEL SECURITY;', $1::text) END,
    CASE WHEN obj_description(c.oid, 'pg_class') IS NOT NULL
      THEN format('COMMENT ON TABLE %s IS %L;', $1::text, obj_description(c.oid, 'pg_class')) END
  ]) AS line FROM pg_class c WHERE c.oid = $1::text::regclass`;

const COMMENTS = `
  SELECT format('COMMENT ON COLUMN %s.%I IS %L;', $1::text, attname, col_description(attrelid, attnum)) AS line FROM pg_attribute
  WHERE attrelid = $1::text::regclass AND attnum > 0 AND col_description(attrelid, attnum) IS NOT NULL ORDER BY attnum`;

/** Indexes that no constraint stands for. */
const INDEXES = `
  SELECT pg_get_indexdef(i.indexrelid) || ';' AS line FROM pg_index i
  WHERE i.indrelid = $1::text::regclass AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u', 'x'))
  ORDER BY i.indexrelid::regclass::text COLLATE "C"`;

const TRIGGERS = `
  SELECT pg_get_triggerdef(oid) || ';' || CASE tgenabled WHEN 'O' THEN '' ELSE
    format(E'\\nALTER TABLE %s %s TRIGGER %I;', $1::text, CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'DISABLE' END, tgname) END AS line
  FROM pg_trigger WHERE tgrelid = $1::text::regclass AND NOT tgisinternal ORDER BY tgname COLLATE "C"`;

const POLICIES = `
  SELECT format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s;', polname, $1::text,
    CASE WHEN polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
    CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE role::regrole::text END, ', ' ORDER BY role::regrole::text COLLATE "C") FROM unnest(polroles) role),
    COALESCE(' USING (' || pg_get_expr(polqual, polrelid) || ')', ''),
    COALESCE(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')) AS line
  FROM pg_policy WHERE polrelid = $1::text::regclass ORDER BY polname COLLATE "C"`;

const TABLE_GRANTS = `
  SELECT format('GRANT %s ON %s TO %s;', g.rights, $1::text, g.grantee) AS line
  FROM pg_class c, LATERAL ${grants('c.relacl', 'r', 'c.relowner')} g WHERE c.oid = $1::text::regclass ORDER BY g.grantee COLLATE "C"`;

const COLUMN_GRANTS = `
  SELECT format('GRANT %s (%s) ON %s TO %s;', g.privilege_type, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), $1::text,
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END) AS line
  FROM pg_attribute a, LATERAL aclexplode(a.attacl) g WHERE a.attrelid = $1::text::regclass AND NOT a.attisdropped
  GROUP BY g.privilege_type, g.grantee ORDER BY 1`;

/** All partitions of a table look alike but for their month: the text says what they share, or shows who differs. */
const PARTITIONS = `
  SELECT DISTINCT format('-- partitions, one a month: owner %s%s%s, own triggers: %s, grants: %s', p.relowner::regrole,
    CASE WHEN p.relrowsecurity THEN ', row-level security' ELSE '' END, CASE WHEN p.relforcerowsecurity THEN ' forced' ELSE '' END,
    COALESCE((SELECT string_agg(replace(t.tgname, p.relname, '') || ' ' || t.tgenabled::text, ', ' ORDER BY t.tgname COLLATE "C")
      FROM pg_trigger t WHERE t.tgrelid = p.oid AND NOT t.tgisinternal AND t.tgparentid = 0), 'none'),
    COALESCE((SELECT string_agg(g.rights || ' TO ' || g.grantee, '; ') FROM ${grants('p.relacl', 'r', 'p.relowner')} g), 'none')) AS line
  FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhrelid WHERE i.inhparent = $1::text::regclass ORDER BY 1`;

const SEQUENCES = `
  SELECT format('CREATE SEQUENCE %s; -- owner %s', c.oid::regclass, c.relowner::regrole)
    || COALESCE((SELECT string_agg(format(E'\\nGRANT %s ON SEQUENCE %s TO %s;', rights, c.oid::regclass, grantee), '' ORDER BY grantee COLLATE "C")
      FROM ${grants('c.relacl', 's', 'c.relowner')} g), '') AS line
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' ORDER BY c.relname COLLATE "C"`;

async function table(client: ClientBase, name: string): Promise<string> {
  const read = (sql: string) => lines(client, sql, [name]);
  const [head] = await read(HEAD);
  const [tail] = await read(TAIL);
  const inside = [...(await read(COLUMNS)), ...(await read(CONSTRAINTS))];
  const after: string[] = [];
  for (const sql of [
    PARTITIONS,
    OWNER_AND_SECURITY,
    COMMENTS,
    INDEXES,
    TRIGGERS,
    POLICIES,
    TABLE_GRANTS,
    COLUMN_GRANTS,
  ])
    after.push(...(await read(sql)).filter(Boolean));
  return `CREATE ${head} (\n${inside.join(',\n')}\n)${tail}\n${after.join('\n')}`;
}

/** Every table with all that hangs on it. */
export async function tables(client: ClientBase): Promise<string> {
  const descriptions: string[] = [];
  for (const name of await lines(client, RELATIONS)) descriptions.push(await table(client, name));
  return section('Tables', [...descriptions, ...(await lines(client, SEQUENCES))], '\n\n');
}

/** What the roles of the server may do in the job queue's schema; its own making is graphile-worker's. */
export async function jobQueue(client: ClientBase): Promise<string> {
  const names = `SELECT c.oid::regclass::text AS line FROM pg_class c
    WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relkind IN ('r', 'p', 'v') ORDER BY c.relname COLLATE "C"`;
  const tablesOf: string[] = [];
  for (const name of await lines(client, names))
    for (const sql of [OWNER_AND_SECURITY, POLICIES, TABLE_GRANTS, COLUMN_GRANTS])
      tablesOf.push(
        ...(await lines(client, sql, [name])).filter((line) => line && !line.startsWith('COMMENT')),
      );
  const callable = await lines(
    client,
    `SELECT format('GRANT %s ON FUNCTION %s TO %s;', g.rights, p.oid::regprocedure, g.grantee) AS line
     FROM pg_proc p, LATERAL ${grants('p.proacl', 'f', 'p.proowner')} g
     WHERE p.pronamespace = 'graphile_worker'::regnamespace ORDER BY 1`,
  );
  const sequences = await lines(
    client,
    `SELECT format('GRANT %s ON SEQUENCE %s TO %s;', g.rights, c.oid::regclass, g.grantee) AS line
     FROM pg_class c, LATERAL ${grants('c.relacl', 's', 'c.relowner')} g
     WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relkind = 'S' ORDER BY 1`,
  );
  return section('Job queue: rights only', [...tablesOf, ...sequences, ...callable]);
}
