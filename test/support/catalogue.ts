import type { ClientBase } from 'pg';

/**
 * A law of our schema: looks at the whole database and names what is wrong, one line a finding. What keeps organizations apart
 * is examined by src/common/isolation.
 */
export type Check = (client: ClientBase) => Promise<string[]>;

/** Tables with rows of organizations; their partitions are looked at by themselves. */
const TENANT = `
  tenant AS (
    SELECT c.oid, c.relname AS name,
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

export const indexesLeadWithOrganization = check(`
  WITH ${TENANT}
  SELECT format('%s does not lead with org_id', i.indexrelid::regclass) AS finding
  FROM tenant t JOIN pg_index i ON i.indrelid = t.oid WHERE i.indkey[0] <> t.org`);

const enabled = `g.tgenabled IN ('O', 'A') AND NOT g.tgisinternal`;
/** A condition on changes lets all but those of the system through. */
const BY_OTHERS = `WHEN (((current_setting(''app.actor_type''::text, true) IS DISTINCT FROM ''system''::text) OR `;

/** There is a trigger for the trail of this kind (pg_trigger.tgtype: 1 row, 4 insert, 8 delete, 16 update). */
const tells = (kind: string, how: string): string => `EXISTS (
    SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = t.oid AND ${enabled} AND g.tgtype & 31 = ${kind} AND p.proname = 'record_row_change' AND ${how})`;

export const changesAreAudited = check(`
  WITH ${TENANT}
  SELECT name || ': neither a trigger for the audit trail nor a reason' AS finding FROM tenant t
  WHERE COALESCE(obj_description(t.oid, 'pg_class'), '') !~ '^not row-audited: \\w' AND NOT EXISTS (
    SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
    WHERE g.tgrelid = t.oid AND ${enabled} AND g.tgtype & 31 = 29 AND p.proname = 'record_row_change' AND g.tgqual IS NULL)
    AND NOT (${tells('13', 'g.tgqual IS NULL')} AND ${tells('17', `position('${BY_OTHERS}' IN pg_get_triggerdef(g.oid)) > 0`)})`);

/** Columns that hold secrets by their name are hidden from the trail. */
export const secretsAreHidden = check(`
  WITH ${TENANT}
  SELECT format('%s.%s is written to the audit trail', t.name, a.attname) AS finding
  FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped AND a.attnum > 0
    JOIN pg_trigger g ON g.tgrelid = t.oid JOIN pg_proc p ON p.oid = g.tgfoid AND p.proname = 'record_row_change'
  WHERE a.attname ~ '(secret|password|credentials|token|wrapped_key|_hash)$'
    AND position('\\x00'::bytea || convert_to(a.attname, 'UTF8') || '\\x00'::bytea IN '\\x00'::bytea || g.tgargs) = 0`);

export const timeoutsAreSet = check(`
  SELECT format('%s has no %s', rolname, setting) AS finding
  FROM pg_roles, unnest(ARRAY['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) setting
  WHERE ${OURS} AND rolcanlogin
    AND NOT EXISTS (SELECT FROM unnest(rolconfig) given WHERE given ~ ('^' || setting || '=[1-9]'))`);

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
