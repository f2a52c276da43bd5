import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request, { type Agent } from 'supertest';
import { freePort } from '../../tools/embedded';
import type { TestDatabase } from './databases';
import { recordOutput, secretSettings } from './run-record';
import { testEnvironment } from './test-app';

const ROOT = resolve(__dirname, '../..');
const PROGRAM = join(ROOT, 'dist', 'src', 'main.js');
/** Far longer than it takes: no test is to fail because the machine has much else to do. */
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 120_000;

/** Builds `dist/` unless it is up to date. `npm test` has done so; a single file that is run by hand has not. */
export function ensureBuilt(): void {
  execFileSync(process.execPath, [join(ROOT, 'tools', 'ensure-built.mjs')], { stdio: 'ignore' });
}

/** The built server as a process of its own, which can be killed. It comes back on the same port. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private exited: Promise<number | null> = Promise.resolve(null);
  private said = '';

  private constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Picks a port; nothing runs yet. `env` goes over the settings of {@link testEnvironment}. */
  static async on(
    db: Pick<TestDatabase, 'adminUrl'>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const port = await freePort(0);
    const settings = { ...testEnvironment(db, port), LOG_LEVEL: 'error', ...env };
    secretSettings(settings);
    return new ServerProcess(settings);
  }

  /** `http://127.0.0.1:port`, which is also PUBLIC_URL. */
  get url(): string {
    return `http://127.0.0.1:${this.env['PORT'] ?? ''}`;
  }

  /** What it wrote to stderr and stdout since the first start. */
  get output(): string {
    return this.said;
  }

  /** Undefined while nothing runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  http(): Agent {
    return request(this.url);
  }

  /** Resolves when it answers. Throws what it said when it ends before. */
  async start(): Promise<void> {
    if (!existsSync(PROGRAM)) throw new Error('the program is not built');
    const child = spawn(process.execPath, [PROGRAM], {
      env: { PATH: process.env['PATH'], ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    const before = this.said.length;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    this.exited = new Promise((ended) => {
      child.once('exit', (code) => {
        if (this.child === child) this.child = undefined;
        recordOutput(this.said.slice(before));
        ended(code);
      });
    });
    await this.untilLive(child);
  }

  /** Ends it as a crash does, and waits until it is gone. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.exited;
  }

  /** Ends it in order; throws when it takes too long or does not end well. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child) return;
    child.kill('SIGTERM');
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    const code = await this.exited;
    clearTimeout(hurry);
    if (code !== 0) throw new Error(`the server ended with ${String(code)}: ${this.said}`);
  }

  private async untilLive(child: ChildProcess): Promise<void> {
    const limit = Date.now() + START_LIMIT_MS;
    while (Date.now() < limit) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the server did not start: ${this.said}`);
      if (await this.isLive()) return;
      await sleep(25);
    }
    await this.kill();
    throw new Error(`the server did not answer in time: ${this.said}`);
  }

  private async isLive(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/live`, { signal: AbortSignal.timeout(10_000) })).ok;
    } catch {
      return false;
    }
  }
}
