import { GUARDED, OUR_SCHEMA, roleName, TENANT } from '../catalogue';
import expected from '../expected.json';
import { sqlCheck } from '../finding';

/** The four policies that each guarded table has, by name, with what they must say. */
const OWN = `
  own AS (
    SELECT g.oid, g.name, command, letter, format('%s_%s', c.relname, lower(command)) AS policy,
      format('(%s = (NULLIF(current_setting(''app.org_id''::text, true), ''''::text))::uuid)', org_column) AS condition
    FROM guarded g JOIN pg_class c ON c.oid = g.oid,
      (VALUES ('SELECT', 'r'::"char"), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')) kind (command, letter)
  )`;

/** Any other policy, written out. */
const OTHERS = `
  others AS (
    SELECT p.polname, p.polrelid, c.relispartition, p.polroles,
      format('CREATE POLICY %I ON %s%s FOR %s TO %s%s%s', p.polname, p.polrelid::regclass,
        CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
        CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
        (SELECT string_agg(${roleName('role')}, ', ' ORDER BY ${roleName('role')} COLLATE "C") FROM unnest(p.polroles) role),
        COALESCE(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''),
        COALESCE(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')) AS line
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OUR_SCHEMA} AND NOT EXISTS (SELECT FROM own WHERE own.oid = p.polrelid AND own.policy = p.polname)
  )`;

const WITH = `WITH ${TENANT}, ${GUARDED}, ${OWN}, ${OTHERS}`;

/** Every policy beside the four of each table, a line each: those of frontdesk_definer, and of the job queue. */
export const OTHER_POLICIES = `${WITH} SELECT line FROM others`;

/** One policy for everybody and each command, comparing the organization and nothing else; others only as migrations made them. */
export const policies = sqlCheck(
  'policies',
  `
  ${WITH}
  SELECT name AS object, format('the policy %s is missing, or says something else', policy) AS problem,
    format('DROP POLICY IF EXISTS %I ON %s; CREATE POLICY %I ON %s FOR %s%s%s;', policy, name, policy, name, command,
      CASE WHEN letter <> 'a' THEN ' USING ' || condition ELSE '' END,
      CASE WHEN letter IN ('a', 'w') THEN ' WITH CHECK ' || condition ELSE '' END) AS remedy
  FROM own WHERE NOT EXISTS (
    SELECT FROM pg_policy p WHERE p.polrelid = own.oid AND p.polname = own.policy AND p.polroles = '{0}' AND p.polcmd = letter AND p.polpermissive
      AND pg_get_expr(p.polqual, p.polrelid) IS NOT DISTINCT FROM CASE WHEN letter <> 'a' THEN condition END
      AND pg_get_expr(p.polwithcheck, p.polrelid) IS NOT DISTINCT FROM CASE WHEN letter IN ('a', 'w') THEN condition END)
  UNION ALL
  SELECT polrelid::regclass::text, format('no migration made the policy %s: %s', polname, line), format('DROP POLICY %I ON %s;', polname, polrelid::regclass)
  FROM others o WHERE relispartition OR NOT $1::jsonb ? line
    OR (EXISTS (SELECT FROM guarded g WHERE g.oid = o.polrelid) AND (SELECT array_agg(pg_get_userbyid(role)) FROM unnest(o.polroles) role) <> '{frontdesk_definer}')`,
  expected.policies,
);
