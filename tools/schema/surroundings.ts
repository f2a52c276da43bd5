import type { ClientBase } from 'pg';
import { grants, lines, section } from './text';

/** Roles with their rights over the server, and what they are members of. Passwords are not shown. */
export async function roles(client: ClientBase): Promise<string> {
  const attributes = await lines(
    client,
    `SELECT format('CREATE ROLE %I %s %s %s %s %s %s;', rolname,
         CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
         CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
         CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
         CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
         CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
         CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END)
       || COALESCE((SELECT string_agg(format(E'\\n  ALTER ROLE %I SET %s;', rolname, setting), '' ORDER BY setting COLLATE "C")
            FROM unnest(rolconfig) setting), '') AS line
     FROM pg_roles WHERE rolname LIKE 'frontdesk\\_%' ORDER BY rolname COLLATE "C"`,
  );
  const memberships = await lines(
    client,
    `SELECT DISTINCT format('GRANT %s TO %s;', m.roleid::regrole, m.member::regrole) COLLATE "C" AS line
     FROM pg_auth_members m
     WHERE m.member::regrole::text LIKE 'frontdesk\\_%' OR
       (m.roleid::regrole::text LIKE 'frontdesk\\_%' AND NOT (SELECT rolcreaterole FROM pg_roles WHERE oid = m.member))
     ORDER BY 1`,
  );
  return section('Roles', [...attributes, ...memberships]);
}

/** Schemas that we own or have rights in, what new objects grant by themselves, and extensions. */
export async function schemas(client: ClientBase): Promise<string> {
  const owned = await lines(
    client,
    `SELECT format('ALTER SCHEMA %I OWNER TO %s;', nspname, nspowner::regrole)
       || COALESCE((SELECT string_agg(format(E'\\nGRANT %s ON SCHEMA %I TO %s;', rights, nspname, grantee), '' ORDER BY grantee COLLATE "C")
            FROM ${grants('nspacl', 'n', 'nspowner')} g), '') AS line
     FROM pg_namespace WHERE nspname IN ('public', 'graphile_worker')
       OR (nspname !~ '^pg_' AND nspname <> 'information_schema') ORDER BY nspname COLLATE "C"`,
  );
  const defaults = await lines(
    client,
    `SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %s%s: on %s %s', defaclrole::regrole,
         CASE WHEN defaclnamespace <> 0 THEN ' IN SCHEMA ' || defaclnamespace::regnamespace ELSE '' END,
         CASE defaclobjtype WHEN 'f' THEN 'functions' WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'T' THEN 'types' ELSE 'schemas' END,
         COALESCE((SELECT string_agg(rights || ' to ' || grantee, ', ' ORDER BY grantee COLLATE "C")
           FROM ${grants('defaclacl', 'f', 'defaclrole')} g), 'nothing to anyone but the owner')) AS line
     FROM pg_default_acl ORDER BY 1`,
  );
  const extensions = await lines(
    client,
    `SELECT format('CREATE EXTENSION %I;', extname) AS line FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname COLLATE "C"`,
  );
  return section('Schemas', [...owned, ...defaults.map((line) => `-- ${line}`), ...extensions]);
}

/** Domains, and any other type of our own. */
export async function types(client: ClientBase): Promise<string> {
  const domains = await lines(
    client,
    `SELECT format('CREATE DOMAIN %s AS %s%s%s; -- owner %s', t.oid::regtype, format_type(t.typbasetype, t.typtypmod),
         CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END,
         COALESCE((SELECT string_agg(E'\\n  CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid), '' ORDER BY c.conname COLLATE "C")
           FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'), ''), t.typowner::regrole) AS line
     FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'd' ORDER BY t.typname COLLATE "C"`,
  );
  const others = await lines(
    client,
    `SELECT format('-- type %s, kind %s, owner %s', t.oid::regtype, t.typtype, t.typowner::regrole) AS line
     FROM pg_type t LEFT JOIN pg_class r ON r.oid = t.typrelid
     WHERE t.typnamespace = 'public'::regnamespace AND t.typtype <> 'd' AND t.typelem = 0 AND COALESCE(r.relkind, 'c') = 'c'
     ORDER BY t.typname COLLATE "C"`,
  );
  return section('Types', [...domains, ...others]);
}

/** Functions with their owner and who may call them. */
export async function functions(client: ClientBase): Promise<string> {
  const definitions = await lines(
    client,
    `SELECT rtrim(pg_get_functiondef(p.oid), E'\\n ') || E';\\n'
       || format('ALTER FUNCTION %s OWNER TO %s;', p.oid::regprocedure, p.proowner::regrole)
       || COALESCE((SELECT string_agg(format(E'\\nGRANT %s ON FUNCTION %s TO %s;', rights, p.oid::regprocedure, grantee), '' ORDER BY grantee COLLATE "C")
            FROM ${grants('p.proacl', 'f', 'p.proowner')} g), E'\\n-- callable by its owner alone')
       || COALESCE(E'\\nCOMMENT ON FUNCTION ' || p.oid::regprocedure || ' IS ' || quote_literal(obj_description(p.oid, 'pg_proc')) || ';', '') AS line
     FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
     ORDER BY p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"`,
  );
  return section('Functions', definitions, '\n\n');
}
