import { notOfExtension, OUR_SCHEMA } from '../catalogue';
import { sqlCheck } from '../finding';

/** Views ask with the caller's rights, and no copy of rows lies where no policy guards it. The job queue's view shows ids. */
export const views = sqlCheck(
  'views',
  `
  SELECT c.oid::regclass::text AS object,
    CASE c.relkind WHEN 'v' THEN 'shows rows with its owner''s rights' ELSE 'holds copies of rows, which no policy guards' END AS problem,
    CASE c.relkind WHEN 'v' THEN format('ALTER VIEW %s SET (security_invoker = true);', c.oid::regclass)
      ELSE format('DROP MATERIALIZED VIEW %s;', c.oid::regclass) END AS remedy
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ${OUR_SCHEMA} AND n.nspname <> 'graphile_worker' AND ${notOfExtension('pg_class', 'c.oid')}
    AND (c.relkind = 'm' OR (c.relkind = 'v' AND NOT COALESCE(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)))`,
);
