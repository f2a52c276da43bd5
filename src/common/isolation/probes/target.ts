import { TENANT, GUARDED } from '../catalogue';
import type { Ask } from '../finding';

/** A column that must be given a value, and what is known about which. */
export interface RequiredColumn {
  readonly name: string;
  /** The type, or what a domain stands on. */
  readonly type: string;
  /** The words that a domain allows; empty where it is none. */
  readonly words: readonly string[];
  /** Conditions of the table on this column alone, as SQL. */
  readonly conditions: readonly string[];
}

/** What one role may do to a table; a column is one that it may use so. */
export interface Rights {
  readonly role: string;
  readonly reads: boolean;
  readonly removes: boolean;
  readonly changes: string | null;
  readonly adds: readonly string[];
}

/** A table, or a partition, that rows are looked for in. */
export interface Target {
  readonly name: string;
  /** What holds the organization: org_id, or organizations.id. */
  readonly org_column: string;
  readonly is_partition: boolean;
  readonly rights: readonly Rights[];
}

/** A table that throw-away rows are made in. */
export interface Fillable {
  readonly name: string;
  /** Null in tables of no organization. */
  readonly org_column: string | null;
  readonly columns: readonly RequiredColumn[];
}

/**
 * Who is tried. The owner, too, since forced row-level security binds it; not on tables with policies for frontdesk_definer,
 * which hold for the owner as its member.
 */
export const PROBED_ROLES = ['frontdesk_app', 'frontdesk_service', 'frontdesk_owner'] as const;

const TARGETS = `
  WITH ${TENANT}, ${GUARDED}, target AS (
    SELECT oid, name, org_column, false AS is_partition FROM guarded
    UNION ALL
    SELECT c.oid, c.oid::regclass::text, org_column, true FROM guarded g JOIN pg_inherits i ON i.inhparent = g.oid JOIN pg_class c ON c.oid = i.inhrelid
  ), usable AS (
    SELECT attrelid, attname, attnum FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
  )
  SELECT t.name, t.org_column, t.is_partition, (
    SELECT jsonb_agg(jsonb_build_object('role', role,
      'reads', has_column_privilege(role, t.oid, t.org_column, 'SELECT'),
      'removes', has_table_privilege(role, t.oid, 'DELETE'),
      'changes', (SELECT attname FROM usable WHERE attrelid = t.oid AND has_column_privilege(role, t.oid, attnum, 'UPDATE') ORDER BY attnum LIMIT 1),
      'adds', COALESCE((SELECT jsonb_agg(attname) FROM usable WHERE attrelid = t.oid AND has_column_privilege(role, t.oid, attnum, 'INSERT')), '[]')))
    FROM unnest($1::text[]) role
    WHERE role <> 'frontdesk_owner' OR NOT EXISTS (
      SELECT FROM pg_policy WHERE polrelid = t.oid AND 'frontdesk_definer'::regrole = ANY (polroles))) AS rights
  FROM target t ORDER BY t.is_partition, t.name`;

/** Tables with organizations, and those of none that they point at, with the columns that nothing fills by itself. */
const FILLABLE = `
  WITH RECURSIVE ${TENANT}, ${GUARDED}, needed AS (
    SELECT oid FROM guarded
    UNION SELECT k.confrelid FROM needed JOIN pg_constraint k ON k.conrelid = needed.oid AND k.contype = 'f'
  )
  SELECT c.oid::regclass::text AS name, g.org_column, COALESCE((
    SELECT jsonb_agg(jsonb_build_object('name', a.attname,
      'type', format_type(COALESCE(NULLIF(t.typbasetype, 0), a.atttypid), NULL),
      'words', COALESCE((SELECT jsonb_agg(m[1]) FROM pg_constraint d, regexp_matches(pg_get_constraintdef(d.oid), '''([^'']+)''', 'g') m WHERE d.contypid = t.oid), '[]'),
      'conditions', COALESCE((SELECT jsonb_agg(pg_get_expr(k.conbin, k.conrelid)) FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]), '[]')))
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
      AND ((a.attnotnull AND NOT a.atthasdef) OR a.attname = g.org_column)), '[]') AS columns
  FROM needed n JOIN pg_class c ON c.oid = n.oid LEFT JOIN guarded g ON g.oid = n.oid
  ORDER BY 1`;

/** Where rows are looked for, and what each role may do there. */
export function readTargets(ask: Ask): Promise<Target[]> {
  return ask<Target & Record<string, unknown>>(TARGETS, [PROBED_ROLES]);
}

/** What throw-away rows are made in. */
export function readFillable(ask: Ask): Promise<Fillable[]> {
  return ask<Fillable & Record<string, unknown>>(FILLABLE);
}
