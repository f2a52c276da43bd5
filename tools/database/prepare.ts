import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { runMigrations as installJobQueue } from 'graphile-worker';
import { ownerDataSource } from './owner-data-source';

/** How the database is to be prepared. The URL's user is the administrator: it may create roles. */
export interface PrepareOptions {
  readonly adminUrl: string;
  readonly appPassword: string;
  readonly servicePassword: string;
}

/**
 * Makes a database ready to serve: roles with their passwords, the job queue's schema, all migrations. Safe to repeat
 * and to run from several processes at once (an advisory lock lets one work at a time).
 * Throws what the driver throws; nothing is left half-done that a second run would not complete.
 */
export async function prepareDatabase({
  adminUrl,
  appPassword,
  servicePassword,
}: PrepareOptions): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`SELECT pg_advisory_lock(hashtextextended('frontdesk.prepare', 0))`);
    await ensureRoles(admin, { frontdesk_app: appPassword, frontdesk_service: servicePassword });
    await ensureRights(admin);
    await ensureExtensions(admin);
    await installJobQueue({ connectionString: asOwner(adminUrl), noHandleSignals: true });
    await migrate(adminUrl);
  } finally {
    await admin.end();
  }
}

/** The same address, acting as the role that owns the schema. */
function asOwner(adminUrl: string): string {
  const url = new URL(adminUrl);
  url.searchParams.set('options', '-c role=frontdesk_owner');
  return url.toString();
}

async function ensureRoles(admin: Client, logins: Record<string, string>): Promise<void> {
  for (const role of ['frontdesk_owner', 'frontdesk_definer']) await ensureRole(admin, role, 'NOLOGIN');
  for (const [role, password] of Object.entries(logins)) {
    await ensureRole(admin, role, 'LOGIN');
    await admin.query(`ALTER ROLE ${escapeIdentifier(role)} PASSWORD ${escapeLiteral(password)}`);
  }
  // Set on the roles and not on the connections: a transaction-pooling proxy would refuse start-up options.
  for (const [role, statement] of [
    ['frontdesk_app', '15s'],
    ['frontdesk_service', '60s'],
  ] as const)
    await admin.query(`
      ALTER ROLE ${role} SET statement_timeout = '${statement}';
      ALTER ROLE ${role} SET lock_timeout = '10s';
      ALTER ROLE ${role} SET timezone = 'UTC';
      ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '60s';`);
  await admin.query('GRANT frontdesk_definer TO frontdesk_owner');
  if (!(await mayActAs(admin, 'frontdesk_owner'))) await admin.query('GRANT frontdesk_owner TO CURRENT_USER');
}

/** Since PostgreSQL 16 who made a role may administer it, but not act as it without a grant. */
async function mayActAs(admin: Client, role: string): Promise<boolean> {
  const [version] = (
    await admin.query<{ n: number }>(`SELECT current_setting('server_version_num')::int AS n`)
  ).rows;
  const privilege = (version?.n ?? 0) >= 160_000 ? 'SET' : 'MEMBER';
  const { rows } = await admin.query<{ may: boolean }>('SELECT pg_has_role(current_user, $1, $2) AS may', [
    role,
    privilege,
  ]);
  return rows[0]?.may ?? false;
}

/** Attributes are given at creation alone: an administrator who is no superuser may not touch most of them later. */
async function ensureRole(admin: Client, role: string, login: 'LOGIN' | 'NOLOGIN'): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${escapeIdentifier(role)} ${login}`);
}

async function ensureRights(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>('SELECT current_database() AS name');
  const database = escapeIdentifier(rows[0]?.name ?? '');
  await admin.query(`
    REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT CREATE, CONNECT, TEMPORARY ON DATABASE ${database} TO frontdesk_owner;
    GRANT CONNECT ON DATABASE ${database} TO frontdesk_app, frontdesk_service;
    ALTER SCHEMA public OWNER TO frontdesk_owner;
  `);
}

/** What searching contacts needs; both come with PostgreSQL and may be made by whoever may create in the database. */
export const EXTENSIONS = ['btree_gist', 'pg_trgm'];

/** In a schema of their own: nothing of theirs is callable by name alone, and what is in `public` is ours. */
async function ensureExtensions(admin: Client): Promise<void> {
  await admin.query(`
    CREATE SCHEMA IF NOT EXISTS extensions;
    ALTER SCHEMA extensions OWNER TO frontdesk_owner;
    GRANT USAGE ON SCHEMA extensions TO frontdesk_definer;
  `);
  for (const name of EXTENSIONS) {
    await admin.query(`CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA extensions`);
    const { rowCount } = await admin.query(
      `SELECT FROM pg_extension WHERE extname = $1 AND extnamespace <> 'extensions'::regnamespace`,
      [name],
    );
    if (rowCount) await admin.query(`ALTER EXTENSION ${name} SET SCHEMA extensions`);
  }
}

async function migrate(adminUrl: string): Promise<void> {
  const dataSource = await ownerDataSource(adminUrl).initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

/** Undoes the newest migration. */
export async function revertLastMigration(adminUrl: string): Promise<void> {
  const dataSource = await ownerDataSource(adminUrl).initialize();
  try {
    await dataSource.undoLastMigration({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

/** All migrations in order, and whether this database has them. */
export async function showMigrations(adminUrl: string): Promise<{ name: string; applied: boolean }[]> {
  const dataSource = await ownerDataSource(adminUrl).initialize();
  try {
    const applied = new Set(
      (await dataSource.query<{ name: string }[]>('SELECT name FROM migrations')).map((row) => row.name),
    );
    return dataSource.migrations.map(({ constructor: { name } }) => ({ name, applied: applied.has(name) }));
  } finally {
    await dataSource.destroy();
  }
}
