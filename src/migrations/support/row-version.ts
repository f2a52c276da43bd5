/**
 * A row version, which `ETag` tells and `If-Match` demands: 1 at first, one more with every change. Needs
 * `count_row_version()`. Migrations that have landed depend on this text: it stays as it is.
 */
export function versioned(table: string): string {
  return `
    ALTER TABLE ${table} ADD COLUMN version int NOT NULL DEFAULT 1;
    CREATE TRIGGER ${table}_version BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION count_row_version();`;
}

/** Takes back what {@link versioned} did. */
export function unversioned(table: string): string {
  return `
    DROP TRIGGER ${table}_version ON ${table};
    ALTER TABLE ${table} DROP COLUMN version;`;
}
