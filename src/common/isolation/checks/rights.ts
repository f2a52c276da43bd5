import { notOfExtension, OUR_ROLES, OUR_SCHEMA, roleName } from '../catalogue';
import expected from '../expected.json';
import { sqlCheck } from '../finding';

/** Every right that somebody holds without owning the thing. Functions without a list have PostgreSQL's own: everybody. */
const GIVEN = `
  listed AS (
    SELECT CASE WHEN c.relkind = 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name, '' AS columns,
      c.relacl AS acl, c.relowner AS owner, c.relispartition
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OUR_SCHEMA} AND ${notOfExtension('pg_class', 'c.oid')}
    UNION ALL
    SELECT 'TABLE', c.oid::regclass::text, format(' (%I)', a.attname), a.attacl, c.relowner, c.relispartition
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OUR_SCHEMA} AND a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'ROUTINE', p.oid::regprocedure::text, '', COALESCE(p.proacl, acldefault('f', p.proowner)), p.proowner, false
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OUR_SCHEMA} AND ${notOfExtension('pg_proc', 'p.oid')}
    UNION ALL
    SELECT 'SCHEMA', quote_ident(n.nspname), '', n.nspacl, n.nspowner, false FROM pg_namespace n
    WHERE ${OUR_SCHEMA} AND ${notOfExtension('pg_namespace', 'n.oid')}
  ), given AS (
    SELECT kind, name, columns, relispartition, g.grantee, g.is_grantable, g.privilege_type AS privilege, ${roleName('g.grantee')} AS who,
      format('GRANT %s%s ON %s %s TO %s', g.privilege_type, columns, kind, name, ${roleName('g.grantee')}) AS line
    FROM listed, aclexplode(acl) g WHERE g.grantee <> owner
  )`;

/** What migrations gave, a line each; partitions come and go, and are given to nobody. */
export const RIGHTS = `WITH ${GIVEN} SELECT line FROM given WHERE NOT relispartition`;

/** What not even a migration gives: anything but reading and writing rows, anything to everybody, anything on a partition. */
const NEVER = `(relispartition
    OR (kind = 'TABLE' AND privilege NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
    OR (kind = 'SCHEMA' AND privilege = 'CREATE')
    OR (grantee = 0 AND kind <> 'SCHEMA' AND name NOT LIKE 'graphile\\_worker.%'))`;

/** Nobody has a right that no migration gave, and some rights nobody has. */
export const rights = sqlCheck(
  'rights',
  `
  WITH ${GIVEN}
  SELECT name AS object, format('%s may %s%s', who, privilege, columns) AS problem,
    format('REVOKE %s%s ON %s %s FROM %s;', privilege, columns, kind, name, who) AS remedy
  FROM given WHERE ${NEVER} OR NOT $1::jsonb ? line
  UNION ALL
  SELECT name, format('%s may give %s%s to others', who, privilege, columns),
    format('REVOKE GRANT OPTION FOR %s%s ON %s %s FROM %s;', privilege, columns, kind, name, who)
  FROM given WHERE is_grantable AND NOT ${NEVER} AND $1::jsonb ? line
  UNION ALL
  SELECT 'database ' || d.datname, format('%s may %s', ${roleName('g.grantee')}, g.privilege_type),
    format('REVOKE %s ON DATABASE %I FROM %s;', g.privilege_type, d.datname, ${roleName('g.grantee')})
  FROM pg_database d, aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) g
  WHERE d.datname = current_database() AND (g.grantee = 0
    OR (pg_get_userbyid(g.grantee) IN ('frontdesk_app', 'frontdesk_service', 'frontdesk_definer') AND g.privilege_type <> 'CONNECT'))`,
  expected.rights,
);

/** What is made in time to come is given to nobody by itself. */
export const futureRights = sqlCheck(
  'future rights',
  `
  SELECT 'default privileges of ' || owner AS object, format('%s gets %s on %s as they are made', who, privilege_type, kind) AS problem,
    format('ALTER DEFAULT PRIVILEGES FOR ROLE %s%s REVOKE %s ON %s FROM %s;', owner, place, privilege_type, kind, who) AS remedy
  FROM (
    SELECT ${roleName('d.defaclrole')} AS owner, ${roleName('g.grantee')} AS who, g.privilege_type,
      CASE WHEN d.defaclnamespace <> 0 THEN format(' IN SCHEMA %s', d.defaclnamespace::regnamespace) ELSE '' END AS place,
      CASE d.defaclobjtype WHEN 'f' THEN 'FUNCTIONS' WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'SCHEMAS' END AS kind
    FROM pg_default_acl d, aclexplode(d.defaclacl) g
    WHERE d.defaclobjtype IN ('f', 'r', 'S', 'n') AND g.grantee <> d.defaclrole
      AND (g.grantee = 0 OR pg_get_userbyid(g.grantee) IN ${OUR_ROLES} OR pg_get_userbyid(d.defaclrole) IN ${OUR_ROLES})
  ) given
  UNION ALL
  SELECT 'default privileges of frontdesk_owner', 'PUBLIC gets EXECUTE on functions as they are made',
    'ALTER DEFAULT PRIVILEGES FOR ROLE frontdesk_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;'
  WHERE NOT EXISTS (SELECT FROM pg_default_acl d WHERE pg_get_userbyid(d.defaclrole) = 'frontdesk_owner' AND d.defaclobjtype = 'f' AND d.defaclnamespace = 0)`,
);
