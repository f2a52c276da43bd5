import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { findBinaries } from './binaries';
import { describeFolder, openFolder, type DataFolder } from './data-folder';
import { initialize } from './initialize';
import { OperatorError } from './operator-error';
import { clearLeftovers, findRunning } from './postmaster-file';
import { freePort, startServerProcess, type Server, type ServerSettings } from './server';
import { serverUser } from './server-user';

export { OperatorError } from './operator-error';
export { isAlive } from './postmaster-file';
export { freePort } from './server';
export { serverUser } from './server-user';

/** Where an embedded server keeps its data and how it is used. */
export interface EmbeddedOptions {
  /** Absolute path; made when absent. */
  readonly dataDir: string;
  /** Default: the port of last time, or a free one. */
  readonly port?: number;
  /** The superuser's password of a data folder that is kept; default: a random one. */
  readonly password?: string;
  /** Database to connect to, created when absent. Default `postgres`. */
  readonly database?: string;
  /** For tests: fast instead of durable, and the folder is removed on stop. */
  readonly ephemeral?: boolean;
}

/** A running embedded server, listening on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  /** As the superuser `postgres`. */
  readonly adminUrl: string;
  readonly port: number;
  /** Resolves when the server is gone without `stop` or `restart` having asked for it. */
  readonly died: Promise<void>;
  /** Stops it (`immediate`: like a crash) and starts it again on the same port. */
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

/** A connection string for the embedded server's superuser. */
export function embeddedUrl(port: number, password: string, database: string): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The port of the server that runs in `dataDir` now; undefined when none does. */
export function runningPort(dataDir: string): number | undefined {
  return existsSync(dataDir) ? findRunning(describeFolder(realpathSync(dataDir)).cluster)?.port : undefined;
}

async function ensureDatabase(port: number, password: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: embeddedUrl(port, password, 'postgres') });
  try {
    await client.connect();
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new OperatorError(
      'The embedded PostgreSQL does not accept the password in secrets.json: put back the file that belongs to this data folder, or move the whole folder away to start empty.',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

function lastPort(folder: DataFolder): number {
  return existsSync(folder.portFile) ? Number(readFileSync(folder.portFile, 'utf8')) || 0 : 0;
}

/** Tries again where another program took the port in between, or the processes of a crashed server are still going. */
async function startWithPatience(settings: ServerSettings, port: number | undefined): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServerProcess(
        settings,
        port ?? (await freePort(attempt === 1 ? lastPort(settings.folder) : 0)),
      );
    } catch (error) {
      if (
        attempt === 5 ||
        !(error instanceof OperatorError) ||
        !/listen|bind|shared memory/.test(error.message)
      )
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    }
  }
}

/**
 * Starts PostgreSQL in `dataDir`, making the database on first use. A server that an earlier, killed launcher left
 * running there is stopped first: the caller makes sure that nobody else uses the folder. Throws an
 * {@link OperatorError} when the folder is broken.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { ephemeral = false, database = 'postgres', password = randomBytes(24).toString('hex') } = options;
  const user = serverUser();
  const binaries = findBinaries(user);
  const folder = openFolder(options.dataDir, user);
  const settings: ServerSettings = { folder, binaries, user, ephemeral };
  await clearLeftovers(folder.cluster);
  await initialize(folder, binaries, user, { password, durable: !ephemeral });
  let server = await startWithPatience(settings, options.port);
  let expected = false;
  let announce: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (announce = resolve));
  const observe = () => void server.exited.then(() => (expected ? undefined : announce()));
  observe();
  writeFileSync(folder.portFile, String(server.port));

  const stop = async () => {
    expected = true;
    await server.stop(ephemeral ? 'immediate' : 'fast');
    if (ephemeral)
      for (const path of [folder.root, options.dataDir]) rmSync(path, { recursive: true, force: true });
  };
  try {
    await ensureDatabase(server.port, password, database);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    adminUrl: embeddedUrl(server.port, password, database),
    port: server.port,
    died,
    async restart(mode = 'fast') {
      expected = true;
      await server.stop(mode);
      server = await startWithPatience(settings, server.port);
      expected = false;
      observe();
    },
    stop,
  };
}
