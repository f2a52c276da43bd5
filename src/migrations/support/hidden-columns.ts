import { recordRowChanges } from './tenant-table';

/** The row trigger of a table anew, with these columns hidden from the audit trail. */
export function hideFromTrail(table: string, columns: readonly string[]): string {
  return `DROP TRIGGER ${table}_audit ON ${table}; ${recordRowChanges(table, columns)}`;
}

/** Takes back what {@link hideFromTrail} did on a table that hid nothing before. */
export function showInTrail(table: string): string {
  return hideFromTrail(table, []);
}

/**
 * Hides in what the trail says already: the values of these columns become `[hidden]`, for good. The trail is append-only
 * for everybody, its owner included, so that this takes the guards away and puts them back, in one transaction.
 */
export function redactTrail(hidden: Readonly<Record<string, readonly string[]>>): string {
  const updates = Object.entries(hidden).map(
    ([table, columns]) => `
      UPDATE audit_logs SET old_values = ${redacted('old_values', columns)}, new_values = ${redacted('new_values', columns)}
        WHERE table_name = '${table}';`,
  );
  return `
    ALTER TABLE audit_logs NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE audit_logs DISABLE TRIGGER audit_logs_append_only;
    ${updates.join('')}
    ALTER TABLE audit_logs ENABLE ALWAYS TRIGGER audit_logs_append_only;
    ALTER TABLE audit_logs FORCE ROW LEVEL SECURITY;`;
}

function redacted(values: string, columns: readonly string[]): string {
  return `${values} || COALESCE((SELECT jsonb_object_agg(key, '[hidden]') FROM jsonb_each(${values})
    WHERE key IN (${columns.map((column) => `'${column}'`).join(', ')}) AND value <> 'null'), '{}')`;
}
