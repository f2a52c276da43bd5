import { notOfExtension, OUR_SCHEMA } from '../catalogue';
import expected from '../expected.json';
import { sqlCheck } from '../finding';

const FIXED_PATH = 'search_path=public, pg_temp';

const FUNCTIONS = `
  function AS (
    SELECT p.oid::regprocedure::text AS signature, pg_get_userbyid(p.proowner)::text AS owner, p.prosecdef AS definer,
      COALESCE(array_to_string(p.proconfig, '; '), '') AS settings, md5(p.prosrc || COALESCE(pg_get_function_sqlbody(p.oid), '')) AS body,
      p.pronamespace = 'public'::regnamespace AS is_public, p.proleakproof
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OUR_SCHEMA} AND ${notOfExtension('pg_proc', 'p.oid')}
  )`;

/** Our functions, an object each; of the body a fingerprint. */
export const OUR_FUNCTIONS = `
  WITH ${FUNCTIONS}
  SELECT jsonb_build_object('signature', signature, 'owner', owner, 'definer', definer, 'settings', settings, 'body', body) AS line
  FROM function WHERE is_public`;

/**
 * Functions with their owner's rights are the known ones, with a fixed search_path; no function does something else than the
 * migrations wrote. Who may call them is a matter of rights.
 */
export const functions = sqlCheck(
  'functions',
  `
  WITH ${FUNCTIONS}, known AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) known (signature text, owner text, definer boolean, settings text, body text)
  )
  SELECT f.signature AS object, 'runs with the rights of ' || f.owner || ', and no migration made it' AS problem,
    format('ALTER ROUTINE %s SECURITY INVOKER;', f.signature) AS remedy
  FROM function f WHERE f.definer AND NOT EXISTS (SELECT FROM known k WHERE k.signature = f.signature)
  UNION ALL
  SELECT signature, 'runs with its owner''s rights, and its search_path is not fixed', format('ALTER ROUTINE %s SET search_path = public, pg_temp;', signature)
  FROM function WHERE is_public AND definer AND settings !~ '(^|; )${FIXED_PATH}(;|$)'
  UNION ALL
  SELECT f.signature, 'belongs to ' || f.owner, format('ALTER ROUTINE %s OWNER TO %I;', f.signature, k.owner)
  FROM function f JOIN known k USING (signature) WHERE f.owner <> k.owner AND (f.definer OR k.definer)
  UNION ALL
  SELECT f.signature, CASE WHEN f.definer THEN 'runs with its owner''s rights' ELSE 'no longer runs with its owner''s rights' END,
    format('ALTER ROUTINE %s SECURITY %s;', f.signature, CASE WHEN k.definer THEN 'DEFINER' ELSE 'INVOKER' END)
  FROM function f JOIN known k USING (signature) WHERE f.definer <> k.definer
  UNION ALL
  SELECT f.signature, 'does something else than the migrations wrote', format('Find out who changed it, and put back what SELECT pg_get_functiondef(%L::regprocedure) gives in an empty database after npm run migration:run of this version.', f.signature)
  FROM function f JOIN known k USING (signature) WHERE f.body <> k.body
  UNION ALL
  SELECT signature, 'is called leakproof: conditions with it see rows before row-level security does', format('ALTER ROUTINE %s NOT LEAKPROOF;', signature)
  FROM function WHERE proleakproof`,
  expected.functions,
);
