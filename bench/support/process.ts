import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A server in a process of its own, so that its memory and its event loop are its own. */
export interface ServerProcess {
  readonly url: string;
  /** Resident memory in MB, where the system tells. */
  residentMegabytes(): number;
  stop(): Promise<void>;
}

/** Starts `script` (relative to bench/) and waits until it answers at `probe`. */
export async function startProcess(
  script: string,
  env: Readonly<Record<string, string>>,
  url: string,
  probe: string,
): Promise<ServerProcess> {
  const child = fork(join(__dirname, '..', script), [], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await answers(child, `${url}${probe}`);
  return {
    url,
    residentMegabytes: () => residentMegabytes(child.pid ?? 0),
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function answers(child: ChildProcess, url: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error('a server under test did not start');
    const response = await fetch(url).catch(() => undefined);
    if (response) {
      await response.arrayBuffer();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('a server under test does not answer');
}

function residentMegabytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes ?? Number.NaN) / 1024;
}
