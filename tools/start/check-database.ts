import pg from 'pg';
import { EXTENSIONS } from '../database/prepare';
import { OperatorError } from '../embedded';

const OLDEST_VERSION = 15;
const CONNECT_LIMIT_MS = 10_000;

/** What to do about it, by the code of Node's or PostgreSQL's error. Values of DATABASE_URL are never repeated. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host is unknown; check the name.',
  EAI_AGAIN: 'its host cannot be looked up now; check the name and the network.',
  ECONNREFUSED: 'nothing listens at its host and port; start that PostgreSQL, or correct them.',
  EHOSTUNREACH: 'its host cannot be reached; check the network.',
  ENETUNREACH: 'its host cannot be reached; check the network.',
  ETIMEDOUT: 'its host does not answer; check host, port and firewall.',
  ECONNRESET: 'its host broke the connection off; check that PostgreSQL answers at that port.',
  '28P01': 'the server refuses its user and password; correct them.',
  '28000': "the server does not let its user in from here; correct the user, or the server's pg_hba.conf.",
  '3D000': 'its database does not exist; create it (CREATE DATABASE), or correct the name.',
  '42501': 'its user may not do what is needed; take one that may create roles and owns the database.',
  '53300': 'the server has no connection left; raise its max_connections or close some.',
  '57P03': 'the server is starting up or shutting down; try again in a moment.',
};

/** The code of `error`, or of one that it was made from (a host with two addresses fails with two errors). */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // Two failures of the driver that carry no code.
  if (/timeout expired|timeout exceeded/.test(error.message)) return 'ETIMEDOUT';
  if (error.message === 'Connection terminated unexpectedly') return 'ECONNRESET';
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  return inner
    .filter((each) => each !== undefined)
    .map(codeOf)
    .find((each) => each !== undefined);
}

/** The line for a failure at the server behind DATABASE_URL; undefined when the failure is of another kind. */
export function databaseRemedy(error: unknown): string | undefined {
  const code = codeOf(error);
  const remedy = code === undefined ? undefined : REMEDIES[code];
  return remedy === undefined ? undefined : `DATABASE_URL: ${remedy} (${code})`;
}

/** What counts about a server. */
export interface ServerFacts {
  /** The major version. */
  readonly version: number;
  /** Whether the URL's user can make roles and schemas here. */
  readonly may_prepare: boolean;
  /** Extensions that are needed and that the server has no files for. */
  readonly missing_extensions: readonly string[];
}

/** Throws one line that says what to do, when Frontdesk cannot run on such a server. */
export function judgeServer({ version, may_prepare, missing_extensions }: ServerFacts): void {
  if (version < OLDEST_VERSION)
    throw new OperatorError(
      `DATABASE_URL: the server is PostgreSQL ${version}; Frontdesk needs ${OLDEST_VERSION} or newer.`,
    );
  if (!may_prepare)
    throw new OperatorError(
      'DATABASE_URL: its user may not prepare the database; take a superuser, or one with CREATEROLE who owns the database.',
    );
  if (missing_extensions.length > 0)
    throw new OperatorError(
      `DATABASE_URL: the server lacks ${missing_extensions.join(' and ')}; install PostgreSQL's contrib package there (postgresql-contrib).`,
    );
}

/** Asks the server; `extensions` are those that are needed. */
export async function readFacts(
  client: pg.Client,
  extensions: readonly string[] = EXTENSIONS,
): Promise<ServerFacts | undefined> {
  const { rows } = await client.query<ServerFacts>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version,
            rolsuper OR (rolcreaterole AND has_database_privilege(current_database(), 'CREATE')) AS may_prepare,
            array(SELECT needed FROM unnest($1::text[]) needed
                  WHERE needed NOT IN (SELECT name FROM pg_available_extensions)) AS missing_extensions
     FROM pg_roles WHERE rolname = current_user`,
    [extensions],
  );
  return rows[0];
}

/** Tries the server behind DATABASE_URL before anything depends on it; throws one line that says what to do. */
export async function checkDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  // Without a listener a connection that breaks later would end the process with a stack trace.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const facts = await readFacts(client);
    if (facts) judgeServer(facts);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const code = codeOf(error);
    throw new OperatorError(
      databaseRemedy(error) ?? `DATABASE_URL: connecting failed (${code ?? 'unknown error'}); check it.`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
