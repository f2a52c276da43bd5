import { notOfExtension } from '../catalogue';
import { sqlCheck } from '../finding';

/** Everything belongs to frontdesk_owner, who signs in nowhere; functions with their owner's rights are a check of their own. */
export const ownership = sqlCheck(
  'ownership',
  `
  SELECT c.oid::regclass::text AS object, 'belongs to ' || pg_get_userbyid(c.relowner) AS problem,
    format('ALTER TABLE %s OWNER TO frontdesk_owner;', c.oid::regclass) AS remedy
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('public', 'graphile_worker') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND pg_get_userbyid(c.relowner) <> 'frontdesk_owner' AND ${notOfExtension('pg_class', 'c.oid')}
  UNION ALL
  SELECT p.oid::regprocedure::text, 'belongs to ' || pg_get_userbyid(p.proowner),
    format('ALTER ROUTINE %s OWNER TO frontdesk_owner;', p.oid::regprocedure)
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT p.prosecdef
    AND pg_get_userbyid(p.proowner) <> 'frontdesk_owner' AND ${notOfExtension('pg_proc', 'p.oid')}
  UNION ALL
  SELECT 'type ' || t.oid::regtype, 'belongs to ' || pg_get_userbyid(t.typowner),
    format('ALTER TYPE %s OWNER TO frontdesk_owner;', t.oid::regtype)
  FROM pg_type t LEFT JOIN pg_class r ON r.oid = t.typrelid
  WHERE t.typnamespace = 'public'::regnamespace AND t.typcategory <> 'A' AND COALESCE(r.relkind, 'c') = 'c'
    AND pg_get_userbyid(t.typowner) <> 'frontdesk_owner' AND ${notOfExtension('pg_type', 't.oid')}
  UNION ALL
  SELECT 'schema ' || nspname, 'belongs to ' || pg_get_userbyid(nspowner), format('ALTER SCHEMA %I OWNER TO frontdesk_owner;', nspname)
  FROM pg_namespace WHERE nspname IN ('public', 'graphile_worker') AND pg_get_userbyid(nspowner) <> 'frontdesk_owner'`,
);
