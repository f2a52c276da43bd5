import { spawn } from 'node:child_process';
import { chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Binaries } from './binaries';
import type { DataFolder } from './data-folder';
import { OperatorError } from './operator-error';
import type { ServerUser } from './server-user';

/** PostgreSQL gets nothing of our environment: keys and passwords are none of its business, PG* variables would mislead it. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  LC_ALL: 'C',
};

async function run(
  program: string,
  args: readonly string[],
  user: ServerUser | undefined,
  cwd: string,
): Promise<void> {
  const child = spawn(program, args, {
    ...user,
    cwd,
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code === 0) return;
  const reason = said.split('\n').find((line) => /error:|FATAL:/.test(line)) ?? said.trim().split('\n')[0];
  throw new OperatorError(
    `A new PostgreSQL database could not be made in ${cwd}: ${reason ?? `initdb ended with ${code}`}`,
  );
}

/**
 * Makes the cluster unless it exists: UTF-8, the built-in Unicode collation (the same on every platform), password
 * authentication for all. `durable: false` skips flushing to disk, for throw-away servers.
 */
export async function initialize(
  folder: DataFolder,
  binaries: Binaries,
  user: ServerUser | undefined,
  options: { password: string; durable: boolean },
): Promise<void> {
  if (existsSync(folder.cluster)) return;
  rmSync(folder.draft, { recursive: true, force: true });
  try {
    writeFileSync(folder.passwordFile, options.password, { mode: 0o600 });
    if (user) chownSync(folder.passwordFile, user.uid, user.gid);
    const args = [
      `--pgdata=${folder.draft}`,
      `--pwfile=${folder.passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(options.durable ? [] : ['--no-sync']),
    ];
    await run(binaries.initdb, args, user, folder.root);
    renameSync(folder.draft, folder.cluster);
  } finally {
    rmSync(folder.passwordFile, { force: true });
  }
}
