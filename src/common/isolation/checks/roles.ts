import { OUR_ROLES, roleName } from '../catalogue';
import { sqlCheck } from '../finding';

/** Our roles are there, have no right over the server, and nobody but an administrator may act as one of them. */
export const roles = sqlCheck(
  'roles',
  `
  SELECT name AS object, 'the role does not exist' AS problem, 'npm run migration:run' AS remedy
  FROM unnest(ARRAY['frontdesk_owner', 'frontdesk_app', 'frontdesk_service', 'frontdesk_definer']) name
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
  UNION ALL
  SELECT rolname, 'has ' || attribute || ', a right over the server', format('ALTER ROLE %I NO%s;', rolname, attribute)
  FROM pg_roles, LATERAL (VALUES ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls), ('CREATEROLE', rolcreaterole),
    ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication)) has (attribute, given)
  WHERE rolname IN ${OUR_ROLES} AND given
  UNION ALL
  SELECT rolname, 'can sign in', format('ALTER ROLE %I NOLOGIN;', rolname)
  FROM pg_roles WHERE rolname IN ('frontdesk_owner', 'frontdesk_definer') AND rolcanlogin
  UNION ALL
  SELECT m.rolname, 'is a member of ' || r.rolname,
    format('REVOKE %I FROM %I GRANTED BY %I;', r.rolname, m.rolname, pg_get_userbyid(g.grantor))
  FROM pg_auth_members g JOIN pg_roles m ON m.oid = g.member JOIN pg_roles r ON r.oid = g.roleid
  WHERE (m.rolname IN ${OUR_ROLES} OR (r.rolname IN ${OUR_ROLES} AND NOT m.rolsuper AND NOT m.rolcreaterole))
    AND (m.rolname, r.rolname) <> ('frontdesk_owner', 'frontdesk_definer')`,
);

/** No session of ours begins with an organization, or with the guards off. */
export const settings = sqlCheck(
  'settings',
  `
  SELECT name AS object, 'every session begins with ' || split_part(setting, '=', 1) || ' set' AS problem,
    CASE WHEN s.setrole = 0 THEN format('ALTER DATABASE %I', current_database())
      ELSE format('ALTER ROLE %s%s', name, CASE WHEN s.setdatabase <> 0 THEN format(' IN DATABASE %I', current_database()) ELSE '' END) END
    || ' RESET ' || split_part(setting, '=', 1) || ';' AS remedy
  FROM pg_db_role_setting s, unnest(s.setconfig) setting,
    LATERAL (SELECT CASE s.setrole WHEN 0 THEN current_database()::text ELSE ${roleName('s.setrole')} END AS name) named
  WHERE (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND (s.setrole = 0 OR pg_get_userbyid(s.setrole) IN ${OUR_ROLES})
    AND setting ~* '^(app\\.|role=|row_security=|search_path=|session_replication_role=)'`,
);

/** What the server's pools call themselves is connected under its two roles alone. */
export const sessions = sqlCheck(
  'sessions',
  `
  SELECT DISTINCT usename::text AS object, 'the server is connected under this role' AS problem,
    'Let the server connect as frontdesk_app and frontdesk_service: look at DATABASE_URL, and at what a proxy makes of users.' AS remedy
  FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'frontdesk' AND usename NOT IN ('frontdesk_app', 'frontdesk_service')`,
);
