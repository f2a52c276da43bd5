import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { scripts } from '../../package.json';
import { recordOutput } from './run-record';

const DIST = resolve(__dirname, '../../dist');

/** How a program ended, and what it said. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of `dist/`, run in an environment that holds nothing but `env`, and in a folder without a `.env`. */
export class Program {
  private static readonly running = new Set<Program>();
  private stdout = '';
  private stderr = '';
  readonly ended: Promise<Outcome>;
  private readonly child: ChildProcess;

  /** `command` as in a script of package.json: the shell that npm runs it in must not stand between us and it. */
  private constructor(command: string, env: NodeJS.ProcessEnv) {
    this.child = spawn('/bin/sh', ['-c', command.replace(' dist/', ` ${DIST}/`)], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, LOG_LEVEL: 'fatal', ...env },
      // A process group of its own, like a terminal's foreground job.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.stdout += chunk));
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.stderr += chunk));
    this.ended = new Promise((done) => {
      this.child.once('close', (code) => {
        Program.running.delete(this);
        recordOutput(`${this.stdout}\n${this.stderr}`);
        done({ code, stdout: this.stdout, stderr: this.stderr });
      });
    });
    Program.running.add(this);
  }

  /** Runs a script of package.json. */
  static script(name: keyof typeof scripts, env: NodeJS.ProcessEnv): Program {
    return new Program(scripts[name], env);
  }

  /** Ends in order what a failed test left running. */
  static async endAll(): Promise<void> {
    for (const program of Program.running) {
      program.signal('SIGTERM');
      await program.ended;
    }
  }

  get output(): string {
    return this.stdout;
  }

  /** Waits until `pattern` is on stdout and returns its first group; throws when the program ends before. */
  async says(pattern: RegExp): Promise<string> {
    const over = this.ended.then((outcome) => {
      throw new Error(
        `ended with ${String(outcome.code)} before saying ${String(pattern)}: ${outcome.stdout}${outcome.stderr}`,
      );
    });
    const said = new Promise<string>((found) => {
      const look = () => {
        const match = pattern.exec(this.stdout);
        if (match) found(match[1] ?? match[0]);
      };
      this.child.stdout?.on('data', look);
      look();
    });
    return Promise.race([said, over]);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** As Ctrl-C in a terminal does: to every process of the group. */
  signalGroup(name: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, name);
  }
}

/** Starts Frontdesk as `npm start` does, on a free port; resolves with its address when it serves. */
export async function startFrontdesk(env: NodeJS.ProcessEnv): Promise<{ program: Program; url: string }> {
  const program = Program.script('start', { PORT: String(await unusedPort()), ...env });
  const url = await program.says(/ API +(http:\/\/\S+)\/api\/v1\n[^]*Ctrl-C stops it/);
  return { program, url };
}

/** A port of 127.0.0.1 that nothing listened on a moment ago. */
export async function unusedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
