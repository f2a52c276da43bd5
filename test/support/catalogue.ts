import type { ClientBase } from 'pg';

/** Looks at the whole database and names what is wrong, one line a finding; nothing when all is well. */
export type Check = (client: ClientBase) => Promise<string[]>;

/** Tables with rows of organizations; their partitions are looked at by themselves. */
const TENANT = `
  tenant AS (
    SELECT c.oid, c.relname AS name, c.relrowsecurity, c.relforcerowsecurity,
      (SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id') AS org
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped)
  )`;

/** The roles that the program makes. */
const OURS = `rolname IN ('frontdesk_owner', 'frontdesk_app', 'frontdesk_service', 'frontdesk_definer')`;

const check =
  (sql: string): Check =>
  async (client) => {
    const { rows } = await client.query<{ finding: string }>(sql);
    return rows.map(({ finding }) => finding).sort();
  };

export const everyTableHasAnOrganization = check(`
  WITH ${TENANT}
  SELECT relname || ' has no org_id' AS finding FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND oid NOT IN (SELECT oid FROM tenant)
  UNION ALL
  SELECT name || '.org_id may be null' FROM tenant JOIN pg_attribute a ON a.attrelid = tenant.oid AND a.attnum = org
  WHERE NOT a.attnotnull`);

export const rowSecurityIsForced = check(`
  SELECT relname || ': row-level security is not enabled and forced' AS finding FROM pg_class c
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
    AND (relispartition OR relname = 'organizations'
      OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped))`);

/** One policy for everybody and each command, comparing the organization and nothing else. */
export const fourPoliciesEach = check(`
  WITH ${TENANT}, guarded AS (
    SELECT oid, name, 'org_id' AS org_column FROM tenant UNION ALL SELECT 'organizations'::regclass, 'organizations', 'id'
  ), expected AS (
    SELECT oid, name, command, format('(%s = (NULLIF(current_setting(''app.org_id''::text, true), ''''::text))::uuid)', org_column) AS own FROM guarded, unnest('{r,a,w,d}'::"char"[]) command
  )
  SELECT format('%s: not exactly one policy of its own for %s', name, command) AS finding FROM expected e
  WHERE 1 <> (SELECT count(*) FROM pg_policy p WHERE p.polrelid = e.oid AND p.polroles = '{0}' AND p.polcmd = e.command AND p.polpermissive
    AND pg_get_expr(p.polqual, p.polrelid) IS NOT DISTINCT FROM CASE WHEN command <> 'a' THEN own END
    AND pg_get_expr(p.polwithcheck, p.polrelid) IS NOT DISTINCT FROM CASE WHEN command IN ('a', 'w') THEN own END)
  UNION ALL
  SELECT format('%s: policy %s is for others than frontdesk_definer', polrelid::regclass, polname) FROM pg_policy p
    JOIN guarded g ON g.oid = p.polrelid
  WHERE polroles NOT IN ('{0}', ARRAY['frontdesk_definer'::regrole::oid])
  UNION ALL
  SELECT format('%s: %s policies for everybody', polrelid::regclass, count(*)) FROM pg_policy WHERE polroles = '{0}'
  GROUP BY polrelid HAVING count(*) <> 4`);

/** A policy with a sub-select cannot be distributed, and is asked for every row. */
export const policiesAreFlat = check(`
  SELECT format('%s: policy %s contains a sub-select', polrelid::regclass, polname) AS finding FROM pg_policy
  WHERE concat(polqual::text, polwithcheck::text) LIKE '%{SUBLINK%'`);

export const primaryKeysLeadWithOrganization = check(`
  WITH ${TENANT}
  SELECT name || ': no primary key that leads with org_id' AS finding FROM tenant t
  WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'p' AND k.conkey[1] = t.org)`);

export const uniquenessHoldsWithinOrganization = check(`
  WITH ${TENANT}
  SELECT format('%s is unique across organizations', i.indexrelid::regclass) AS finding
  FROM tenant t JOIN pg_index i ON i.indrelid = t.oid WHERE (i.indisunique OR i.indisexclusion) AND NOT t.org = ANY (i.indkey::int2[])`);

export const indexesLeadWithOrganization = check(`
  WITH ${TENANT}
  SELECT format('%s does not lead with org_id', i.indexrelid::regclass) AS finding
  FROM tenant t JOIN pg_index i ON i.indrelid = t.oid WHERE i.indkey[0] <> t.org`);

/** Between tenant tables: (org_id, …) → (org_id, …). To and from other tables: org_id alone, or a table of no organization. */
export const foreignKeysStayWithinOrganization = check(`
  WITH ${TENANT}
  SELECT format('%s on %s does not carry org_id', k.conname, k.conrelid::regclass) AS finding
  FROM pg_constraint k LEFT JOIN tenant t ON t.oid = k.conrelid LEFT JOIN tenant r ON r.oid = k.confrelid
  WHERE k.contype = 'f' AND k.conparentid = 0 AND r.oid IS NOT NULL
    AND NOT COALESCE(k.conkey[1] = t.org AND k.confkey[1] = r.org AND cardinality(k.conkey) > 1, false)
  UNION ALL
  SELECT format('%s on %s leads to an organization by another column than org_id', k.conname, k.conrelid::regclass)
  FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid
  WHERE k.contype = 'f' AND k.confrelid = 'organizations'::regclass AND k.conkey <> ARRAY[t.org]`);

const enabled = `g.tgenabled IN ('O', 'A') AND NOT g.tgisinternal`;
/** pg_trigger.tgtype: 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate. */
export const organizationsAreImmutable = check(`
  WITH ${TENANT}
  SELECT name || ': org_id can be changed' AS finding FROM tenant t WHERE NOT EXISTS (
    SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = t.oid AND ${enabled} AND g.tgtype & 19 = 19 AND p.proname IN ('prevent_org_id_change', 'refuse_change')
      AND (g.tgattr = '' OR t.org = ANY (g.tgattr::int2[])) AND g.tgqual IS NULL)`);

export const changesAreAudited = check(`
  WITH ${TENANT}
  SELECT name || ': neither a trigger for the audit trail nor a reason' AS finding FROM tenant t
  WHERE COALESCE(obj_description(t.oid, 'pg_class'), '') !~ '^not row-audited: \\w' AND NOT EXISTS (
    SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = t.oid AND ${enabled} AND g.tgtype & 31 = 29 AND p.proname = 'record_row_change' AND g.tgqual IS NULL)`);

/** Columns that hold secrets by their name are hidden from the trail. */
export const secretsAreHidden = check(`
  WITH ${TENANT}
  SELECT format('%s.%s is written to the audit trail', t.name, a.attname) AS finding
  FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped AND a.attnum > 0
    JOIN pg_trigger g ON g.tgrelid = t.oid JOIN pg_proc p ON p.oid = g.tgfoid AND p.proname = 'record_row_change'
  WHERE a.attname ~ '(secret|password|credentials|token|wrapped_key|_hash)$'
    AND position('\\x00'::bytea || convert_to(a.attname, 'UTF8') || '\\x00'::bytea IN '\\x00'::bytea || g.tgargs) = 0`);

export const partitionsAreClosed = check(`
  SELECT format('%s is granted to %s', c.relname, g.grantee::regrole) AS finding
  FROM pg_class c, aclexplode(c.relacl) g WHERE c.relispartition AND c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
  UNION ALL
  SELECT format('%s.%s is granted to %s', c.relname, a.attname, g.grantee::regrole)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g WHERE c.relispartition AND c.relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT format('%s has the policy %s', c.relname, p.polname) FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relispartition`);

/** Beyond reading and writing rows nothing is given, and nothing at all to everybody. */
export const grantsAreForRowsOnly = check(`
  SELECT format('%s on %s for %s', g.privilege_type, c.relname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END) AS finding
  FROM pg_class c, aclexplode(c.relacl) g WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    AND g.grantee <> c.relowner AND (g.grantee = 0 OR g.is_grantable OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
  UNION ALL
  SELECT format('CREATE on schema %s for %s', n.nspname, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
  FROM pg_namespace n, aclexplode(n.nspacl) g WHERE n.nspname IN ('public', 'graphile_worker') AND g.grantee <> n.nspowner AND g.privilege_type = 'CREATE'
  UNION ALL
  SELECT format('functions of %s are granted to PUBLIC as they are made', r.rolname) FROM pg_roles r
  WHERE r.rolname = 'frontdesk_owner' AND NOT EXISTS (
    SELECT FROM pg_default_acl d WHERE d.defaclrole = r.oid AND d.defaclobjtype = 'f' AND d.defaclnamespace = 0
      AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) g WHERE g.grantee <> r.oid))`);

export const rolesAreOrdinary = check(`
  SELECT rolname || ' has more rights over the server than it may' AS finding FROM pg_roles
  WHERE ${OURS} AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
  UNION ALL
  SELECT rolname || ' can sign in' FROM pg_roles WHERE rolname IN ('frontdesk_owner', 'frontdesk_definer') AND rolcanlogin
  UNION ALL
  SELECT format('%s is a member of %s', m.member::regrole, m.roleid::regrole) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
  WHERE ${OURS} AND (rolname, m.roleid::regrole::text) <> ('frontdesk_owner', 'frontdesk_definer')`);

export const onlyTheOwnerOwns = check(`
  SELECT format('%s belongs to %s', c.relname, c.relowner::regrole) AS finding FROM pg_class c
  WHERE c.relnamespace IN ('public'::regnamespace, 'graphile_worker'::regnamespace) AND c.relowner <> 'frontdesk_owner'::regrole
  UNION ALL
  SELECT format('%s belongs to %s', p.oid::regprocedure, p.proowner::regrole) FROM pg_proc p
  WHERE p.pronamespace = 'public'::regnamespace
    AND NOT (p.proowner = 'frontdesk_owner'::regrole OR (p.proowner = 'frontdesk_definer'::regrole AND p.prosecdef))
  UNION ALL
  SELECT format('type %s belongs to %s', t.typname, t.typowner::regrole) FROM pg_type t
  WHERE t.typnamespace = 'public'::regnamespace AND t.typowner <> 'frontdesk_owner'::regrole
  UNION ALL
  SELECT format('schema %s belongs to %s', nspname, nspowner::regrole) FROM pg_namespace
  WHERE nspname IN ('public', 'graphile_worker') AND nspowner <> 'frontdesk_owner'::regrole`);

export const timeoutsAreSet = check(`
  SELECT format('%s has no %s', rolname, setting) AS finding
  FROM pg_roles, unnest(ARRAY['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) setting
  WHERE ${OURS} AND rolcanlogin
    AND NOT EXISTS (SELECT FROM unnest(rolconfig) given WHERE given ~ ('^' || setting || '=[1-9]'))`);

export const definerFunctionsAreFenced = check(`
  SELECT format('%s has no fixed search_path', p.oid::regprocedure) AS finding FROM pg_proc p
  WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
    AND NOT COALESCE(p.proconfig @> ARRAY['search_path=public, pg_temp'], false)
  UNION ALL
  SELECT format('%s is callable by everybody', p.oid::regprocedure) FROM pg_proc p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) g
  WHERE p.pronamespace = 'public'::regnamespace AND g.grantee = 0`);

export const viewsAskWithTheCallersRights = check(`
  SELECT relname || ' shows rows with its owner''s rights' AS finding FROM pg_class
  WHERE relnamespace = 'public'::regnamespace
    AND (relkind = 'm' OR (relkind = 'v' AND NOT COALESCE(reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false)))`);

/** Equality of an enumeration type is not leakproof: under row-level security it could not use an index. */
export const enumerationsAreDomains = check(`
  SELECT format('%s is an enumeration type', t.typname) AS finding FROM pg_type t WHERE t.typtype = 'e' AND t.typnamespace = 'public'::regnamespace
  UNION ALL
  SELECT format('the domain %s does not allow %s', wanted.name, wanted.list) FROM (VALUES
    ('lead_score_type', 'hot, warm, cold'),
    ('lead_status_type', 'new, contacted, qualified, booked, converted, lost')
  ) wanted (name, list)
  WHERE NOT EXISTS (
    SELECT FROM pg_type t JOIN pg_constraint c ON c.contypid = t.oid
    WHERE t.typname = wanted.name AND t.typtype = 'd' AND t.typbasetype = 'text'::regtype
      AND (SELECT string_agg(m[1], ', ') FROM regexp_matches(pg_get_constraintdef(c.oid), '''(\\w+)''', 'g') m) = wanted.list)`);
