import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from './operator-error';

/** What a server writes about itself into `postmaster.pid` of its data directory. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`; undefined when there is none or it is damaged. The process may be gone all the same. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  try {
    // Lines as documented in PostgreSQL's src/include/utils/pidfile.h: pid, folder, start, port, …, status on line 8.
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether `pid` is a PostgreSQL server at work in `cluster`, and not some later process that got the same id. */
function worksIn(pid: number, cluster: string): boolean {
  if (process.platform === 'linux')
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === cluster;
    } catch {
      return false;
    }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(
    cluster,
  );
}

/** The server at work in `cluster` now, if there is one. */
export function findRunning(cluster: string): Postmaster | undefined {
  const found = readPostmaster(cluster);
  return found && isAlive(found.pid) && worksIn(found.pid, cluster) ? found : undefined;
}

/** Waits until no server works in `cluster`; false when one still does after `limitMs`. */
async function gone(cluster: string, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (findRunning(cluster)) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}

/**
 * Ends what a killed launcher left behind: a server still running in `cluster` is stopped, a lock file whose
 * process is gone (or is another program by now) is removed. Nobody else may be using the folder.
 */
export async function clearLeftovers(cluster: string): Promise<void> {
  const running = findRunning(cluster);
  if (!running) {
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  for (const [signal, limitMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    try {
      process.kill(running.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') break;
    }
    if (await gone(cluster, limitMs)) return;
  }
  throw new OperatorError(
    `A PostgreSQL server (process ${running.pid}) still uses ${cluster} and does not stop: end it, then start again.`,
  );
}
