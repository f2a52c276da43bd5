/**
 * What every tenant-owned table has, as SQL. Migrations that have landed depend on this text: a new need gets a new
 * function beside these, and these stay as they are.
 */
interface TenantTable {
  readonly table: string;
  /** Privileges, as GRANT takes them: `SELECT, INSERT, UPDATE (status)`. */
  readonly app: string;
  readonly service: string;
  /** Columns whose values never reach the audit trail, only that they changed; or the reason why the table has no row trigger. */
  readonly audit: { hidden: readonly string[] } | { exempt: string };
  readonly touched?: boolean;
}

/** Forced row-level security with one policy a command, immutable organization, `updated_at`, row audit, grants. */
export function protectTenantTable({ table, app, service, audit, touched = true }: TenantTable): string {
  return `
    ${tenantPolicies(table)}
    CREATE TRIGGER ${table}_org_id_immutable BEFORE UPDATE OF org_id ON ${table}
      FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
    ${touched ? touchUpdatedAt(table) : ''}
    ${'hidden' in audit ? recordRowChanges(table, audit.hidden) : `COMMENT ON TABLE ${table} IS 'not row-audited: ${audit.exempt}';`}
    ${app ? `GRANT ${app} ON ${table} TO frontdesk_app;` : ''}
    ${service ? `GRANT ${service} ON ${table} TO frontdesk_service;` : ''}
  `;
}

/**
 * One policy for each command; no organization set means no rows. The expression is that of `auth_org_id()`, written out:
 * PostgreSQL parses the body of an SQL function anew for every statement that it is inlined into (measured: about 10 µs a
 * statement and table).
 */
export function tenantPolicies(table: string, column = 'org_id'): string {
  const own = `${column} = NULLIF(current_setting('app.org_id', true), '')::uuid`;
  return `
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY ${table}_select ON ${table} FOR SELECT USING (${own});
    CREATE POLICY ${table}_insert ON ${table} FOR INSERT WITH CHECK (${own});
    CREATE POLICY ${table}_update ON ${table} FOR UPDATE USING (${own}) WITH CHECK (${own});
    CREATE POLICY ${table}_delete ON ${table} FOR DELETE USING (${own});
  `;
}

export function touchUpdatedAt(table: string, trigger = `${table}_updated_at`): string {
  return `CREATE TRIGGER ${trigger} BEFORE UPDATE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();`;
}

export function recordRowChanges(table: string, hidden: readonly string[]): string {
  const args = hidden.map((column) => `'${column}'`).join(', ');
  return `CREATE TRIGGER ${table}_audit AFTER INSERT OR UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION record_row_change(${args});`;
}

/** A table to which rows are only ever added, whoever asks. */
export function appendOnly(table: string): string {
  return `
    CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION refuse_change();
    CREATE TRIGGER ${table}_no_truncate BEFORE TRUNCATE ON ${table}
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_append_only;
    ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_no_truncate;
  `;
}

/**
 * Lets frontdesk_definer, who owns the functions that look across organizations, use a command on a table in spite of
 * forced row-level security.
 */
export function definerMay(command: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE', table: string): string {
  const condition =
    command === 'INSERT'
      ? 'WITH CHECK (true)'
      : command === 'UPDATE'
        ? 'USING (true) WITH CHECK (true)'
        : 'USING (true)';
  return `
    CREATE POLICY ${table}_definer_${command.toLowerCase()} ON ${table} FOR ${command} TO frontdesk_definer ${condition};
    GRANT ${command} ON ${table} TO frontdesk_definer;
  `;
}

/**
 * Hands functions to frontdesk_definer and says who may call them. A function's owner must be allowed to create in the
 * schema at that moment only.
 */
export function ownedByDefiner(functions: Readonly<Record<string, string>>): string {
  const lines = Object.entries(functions).map(
    ([signature, callers]) => `
      ALTER FUNCTION ${signature} OWNER TO frontdesk_definer;
      ${callers ? `GRANT EXECUTE ON FUNCTION ${signature} TO ${callers};` : ''}`,
  );
  return `
    GRANT CREATE ON SCHEMA public TO frontdesk_definer;
    ${lines.join('\n')}
    REVOKE CREATE ON SCHEMA public FROM frontdesk_definer;
  `;
}
