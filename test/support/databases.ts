import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export const TEMPLATE = 'frontdesk_test_template';

/** Roles belong to the whole server, so every database of a run shares these. */
export const ROLE_PASSWORDS = {
  appPassword: 'app-password-for-tests',
  servicePassword: 'service-password-for-tests',
};

/** The administrator's address of the server under test. */
export function serverUrl(): string {
  const url = process.env['FRONTDESK_TEST_SERVER'];
  if (!url) throw new Error('global-setup did not run');
  return url;
}

export function withDatabase(url: string, database: string): string {
  const target = new URL(url);
  target.pathname = `/${database}`;
  return target.toString();
}

/** One statement as administrator, in the database `postgres` or another. */
export async function administer(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: withDatabase(serverUrl(), database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A database of a test file's own. */
export interface TestDatabase {
  readonly name: string;
  /** As administrator. */
  readonly adminUrl: string;
  /** As one of the server's roles. */
  urlAs(role: 'frontdesk_app' | 'frontdesk_service'): string;
  /** One statement as administrator: past row-level security, for looking at what is really there. */
  query<Row extends Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Removes it. Throws when a connection was left open. */
  drop(): Promise<void>;
}

/**
 * Says of every table, as in a database that is in use, that `org_id` alone finds nobody: many rows bear the same. Without any
 * statistics the planner takes the index that comes first for what is found by a key, and reads all rows of an organization
 * for each of them. Up to PostgreSQL 17 nothing can say so; there the tests only take longer.
 */
export const STATISTICS = `
  DO $$ BEGIN
    IF current_setting('server_version_num')::int >= 180000 THEN
      PERFORM pg_restore_attribute_stats('version', 180000, 'schemaname', 'public', 'relname', c.relname::text,
        'attname', 'org_id'::text, 'inherited', false, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 1::real)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r';
    END IF;
  END $$`;

/** Makes a copy of the migrated template. */
export async function aDatabase(): Promise<TestDatabase> {
  const name = `frontdesk_test_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY`);
  // CONNECT and CREATE are granted on the database itself, which a copy does not inherit.
  await administer(`
    REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
    GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ${name} TO frontdesk_owner;
    GRANT CONNECT ON DATABASE ${name} TO frontdesk_app, frontdesk_service`);
  const adminUrl = withDatabase(serverUrl(), name);
  const admin = new Client({ connectionString: adminUrl });
  admin.on('error', () => undefined);
  await admin.connect();
  return {
    name,
    adminUrl,
    urlAs(role) {
      const url = new URL(adminUrl);
      url.username = role;
      url.password = role === 'frontdesk_app' ? ROLE_PASSWORDS.appPassword : ROLE_PASSWORDS.servicePassword;
      return url.toString();
    },
    async query<Row extends Record<string, unknown>>(sql: string, params: readonly unknown[] = []) {
      return (await admin.query<Row>(sql, params as unknown[])).rows;
    },
    async drop() {
      await admin.end();
      const left = await leftConnections(name);
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
      if (left.length > 0) throw new Error(`connections left open: ${left.join(', ')}`);
    },
  };
}

/** Who is still connected; the server needs a moment to notice that someone left. */
async function leftConnections(name: string): Promise<string[]> {
  for (let i = 0; ; i++) {
    const rows = await administer(
      `SELECT usename || ' ' || application_name AS who FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`,
    );
    if (rows.length === 0 || i === 50) return rows.map((row) => String(row['who']));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
