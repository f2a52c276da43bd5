import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries';
import type { DataFolder } from './data-folder';
import { SERVER_ENVIRONMENT } from './initialize';
import { OperatorError } from './operator-error';
import { readPostmaster } from './postmaster-file';
import type { ServerUser } from './server-user';
import { watchOver } from './watchdog';

/** How to start a server in a folder that holds a cluster. */
export interface ServerSettings {
  readonly folder: DataFolder;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly ephemeral: boolean;
}

/** A server that answers. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process is gone, whatever the reason. */
  readonly exited: Promise<void>;
  /** Ends it and waits: by a fast shutdown (a checkpoint, no recovery at the next start), or at once. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/** Everybody's settings: reachable from this machine only, no socket file, and no row's content in the log. */
const COMMON = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** A server whose data may vanish with the machine's power. */
const THROW_AWAY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
};

/** A port of 127.0.0.1 that is free now; `preferred` when that one is. */
export async function freePort(preferred: number): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number | undefined>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(undefined));
      probe.listen(port, '127.0.0.1', () => {
        const taken = (probe.address() as AddressInfo).port;
        probe.close(() => resolve(taken));
      });
    });
  const port = (await tryPort(preferred)) ?? (await tryPort(0));
  if (port === undefined)
    throw new OperatorError('No free port is left on 127.0.0.1: close some programs and try again.');
  return port;
}

function launch({ folder, binaries, user, ephemeral }: ServerSettings, port: number): ChildProcess {
  const settings = { ...COMMON, ...(ephemeral ? THROW_AWAY : {}), port: String(port) };
  const log = openSync(folder.logFile, 'w', 0o600);
  try {
    return spawn(
      binaries.postgres,
      [
        '-D',
        folder.cluster,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      // A process group of its own: Ctrl-C in the terminal goes to the whole group, and would stop the database
      // under the requests and jobs that the server is still finishing.
      { ...user, cwd: folder.root, detached: true, env: SERVER_ENVIRONMENT, stdio: ['ignore', log, log] },
    );
  } finally {
    closeSync(log);
  }
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  // Windows knows no signals: Node ends the process, and PostgreSQL recovers at the next start.
  if (child.exitCode === null && child.signalCode === null) child.kill(name);
}

function lastWords(folder: DataFolder): string {
  const lines = readFileSync(folder.logFile, 'utf8').trim().split('\n');
  return (lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? '').replace(
    /^.*?(FATAL|PANIC): +/,
    '',
  );
}

async function untilReady(child: ChildProcess, exited: Promise<void>, folder: DataFolder): Promise<boolean> {
  const state = { ended: false };
  void exited.then(() => (state.ended = true));
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit) {
    const written = readPostmaster(folder.cluster);
    if (written?.ready && written.pid === child.pid) return true;
    if (state.ended) return false;
    await sleep(10);
  }
  signal(child, 'SIGQUIT');
  return false;
}

/** Starts the server on `port`, returns when it takes connections, or throws what it said last. */
export async function startServerProcess(settings: ServerSettings, port: number): Promise<Server> {
  const child = launch(settings, port);
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  );
  child.unref();
  const { pid } = child;
  const callOff =
    pid === undefined
      ? () => undefined
      : watchOver(pid, settings.ephemeral ? settings.folder.root : undefined);
  void exited.then(callOff);
  if (!(await untilReady(child, exited, settings.folder)) || pid === undefined)
    throw new OperatorError(
      `The embedded PostgreSQL did not start: ${lastWords(settings.folder)} (the whole log: ${settings.folder.logFile}). Where the folder is damaged, move it away to start with an empty database.`,
    );
  return {
    pid,
    port,
    exited,
    async stop(mode) {
      child.ref();
      signal(child, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      const hurry = setTimeout(() => signal(child, 'SIGQUIT'), 30_000);
      await exited;
      clearTimeout(hurry);
    },
  };
}
