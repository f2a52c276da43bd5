/** Pieces of SQL that several checks read the catalogue with. */

/** The roles that Frontdesk makes. */
export const OUR_ROLES = `('frontdesk_owner', 'frontdesk_app', 'frontdesk_service', 'frontdesk_definer')`;

/** A condition on pg_namespace `n`: not PostgreSQL's own, nor temporary. */
export const OUR_SCHEMA = `(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')`;

/** A condition: the row `oid` of the catalogue `classid` was not made by an extension. */
export function notOfExtension(classid: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${classid}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}

/** A role's name as SQL takes it; 0 is everybody. */
export function roleName(oid: string): string {
  return `CASE ${oid} WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(${oid})) END`;
}

/** A common table expression: tables with rows of organizations, without partitions. `org` is the column's number. */
export const TENANT = `
  tenant AS (
    SELECT c.oid, c.oid::regclass::text AS name, a.attnum AS org, a.attnotnull AS org_required
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  )`;

/** The same with `organizations`, whose own id is the organization: what row-level security guards. Needs {@link TENANT}. */
export const GUARDED = `
  guarded AS (
    SELECT oid, name, 'org_id' AS org_column FROM tenant
    UNION ALL SELECT c.oid, c.relname::text, 'id' FROM pg_class c
    WHERE c.relname = 'organizations' AND c.relnamespace = 'public'::regnamespace
  )`;
