import { OUR_ROLES, roleName } from '../catalogue';
import { sqlCheck } from '../finding';

/** PostgreSQL's own schema, whose rights initdb gives and nobody should add to. */
const SYSTEM_SCHEMA = `'pg_catalog'::regnamespace`;
/** The first oid that is not PostgreSQL's own (FirstNormalObjectId). */
const FIRST_OF_USERS = 16384;
/** Extensions with which a session reads other databases, the network or files past every policy. */
const REACH_OUT = `('adminpack', 'dblink', 'file_fdw', 'http', 'plperlu', 'plpython3u', 'pltclu', 'postgres_fdw')`;

/** The rights of an access list that our roles or everybody have and that initdb did not give. */
function added(acl: string, classid: string, objid: string, objsubid = '0'): string {
  return `
    SELECT a.grantee, a.privilege_type AS privilege FROM aclexplode(${acl}) a
    WHERE (a.grantee = 0 OR pg_get_userbyid(a.grantee) IN ${OUR_ROLES})
      AND NOT EXISTS (SELECT FROM pg_init_privs i, aclexplode(i.initprivs) b
        WHERE i.classoid = '${classid}'::regclass AND i.objoid = ${objid} AND i.objsubid = ${objsubid}
          AND (b.grantee, b.privilege_type) = (a.grantee, a.privilege_type))`;
}

const columns = (object: string, kind: string): string => `
  ${object} AS object, format('%s has %s on what is PostgreSQL''s own', ${roleName('g.grantee')}, g.privilege) AS problem,
  format('REVOKE %s ON ${kind} %s FROM %s;', g.privilege, ${object}, ${roleName('g.grantee')}) AS remedy`;

/**
 * What lies beside the policies: rights on PostgreSQL's own tables (statistics hold samples of every organization's rows),
 * functions (files of the server) and settings (triggers off), objects hidden among them, and ways out of the database.
 */
export const server = sqlCheck(
  'server',
  `
  SELECT ${columns('c.oid::regclass::text', 'TABLE')}
  FROM pg_class c, LATERAL (${added('c.relacl', 'pg_class', 'c.oid')}) g WHERE c.relnamespace = ${SYSTEM_SCHEMA}
  UNION ALL
  SELECT c.oid::regclass || '.' || t.attname,
    format('%s has %s on what is PostgreSQL''s own', ${roleName('g.grantee')}, g.privilege),
    format('REVOKE %s (%I) ON TABLE %s FROM %s;', g.privilege, t.attname, c.oid::regclass, ${roleName('g.grantee')})
  FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid,
    LATERAL (${added('t.attacl', 'pg_class', 'c.oid', 't.attnum')}) g WHERE c.relnamespace = ${SYSTEM_SCHEMA}
  UNION ALL
  -- A function without a list is everybody's, as most of them are from the beginning.
  SELECT ${columns('p.oid::regprocedure::text', 'ROUTINE')}
  FROM pg_proc p, LATERAL (${added('p.proacl', 'pg_proc', 'p.oid')}) g
  WHERE p.pronamespace = ${SYSTEM_SCHEMA} AND p.oid < ${FIRST_OF_USERS}
  UNION ALL
  SELECT 'setting ' || s.parname, format('%s may %s it', ${roleName('a.grantee')}, a.privilege_type),
    format('REVOKE %s ON PARAMETER %s FROM %s;', a.privilege_type, s.parname, ${roleName('a.grantee')})
  FROM pg_parameter_acl s, aclexplode(s.paracl) a
  WHERE a.grantee = 0 OR pg_get_userbyid(a.grantee) IN ${OUR_ROLES}
  UNION ALL
  SELECT c.oid::regclass::text, 'stands among what is PostgreSQL''s own', 'Find out who put it there, and drop it.'
  FROM pg_class c WHERE c.relnamespace = ${SYSTEM_SCHEMA} AND c.oid >= ${FIRST_OF_USERS}
  UNION ALL
  SELECT p.oid::regprocedure::text, 'stands among what is PostgreSQL''s own', 'Find out who put it there, and drop it.'
  FROM pg_proc p WHERE p.pronamespace = ${SYSTEM_SCHEMA} AND p.oid >= ${FIRST_OF_USERS}
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
  UNION ALL
  SELECT 'publication ' || pubname, 'sends rows of every organization to whoever subscribes', format('DROP PUBLICATION %I;', pubname)
  FROM pg_publication
  UNION ALL
  SELECT 'extension ' || extname, 'reaches out of this database, past every policy', format('DROP EXTENSION %I;', extname)
  FROM pg_extension WHERE extname IN ${REACH_OUT}`,
);
