import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Program, startFrontdesk, unusedPort } from '../support/launcher';

const ENSURE_BUILT = resolve(__dirname, '../../tools/ensure-built.mjs');

let folder: string;
let home: string;

beforeAll(() => {
  execFileSync(process.execPath, [ENSURE_BUILT], { stdio: 'ignore' });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frontdesk-start-'));
  // Started by root, PostgreSQL runs as another user.
  chmodSync(folder, 0o755);
  home = join(folder, 'home');
});

afterEach(async () => {
  await Program.endAll();
  rmSync(folder, { recursive: true, force: true });
});

async function databaseUrl(): Promise<string> {
  const { code, stdout, stderr } = await Program.script('db:url', { FRONTDESK_DATA_DIR: home }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trim();
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function expectGone(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const outcome = await new Promise<string>((done) => {
    connect({ host: hostname, port: Number(port) })
      .once('connect', () => done('listens'))
      .once('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
  });
  expect(outcome).toBe('ECONNREFUSED');
}

describe('npm start with its own PostgreSQL', () => {
  it('serves, says how to use it, refuses a second start, and stops everything on SIGTERM', async () => {
    const { program, url } = await startFrontdesk({ FRONTDESK_DATA_DIR: home });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(program.output).toContain(`${url}/docs`);
    expect(program.output).toMatch(/Sign in +owner@demo\.example +\S{12,}\n/);
    const simulator = await program.says(/Twilio +the simulator at (http:\/\/[\d.:]+)/);
    const meta = await program.says(/Meta +the simulator at (http:\/\/[\d.:]+)/);
    expect(program.output).toMatch(/Mails +files in \S*home\/mails\n/);

    const database = await databaseUrl();
    expect(await query(database, 'SELECT inet_server_addr()::text AS at')).toEqual([{ at: '127.0.0.1/32' }]);
    expect(await query(database, 'SELECT slug FROM organizations')).toEqual([{ slug: 'demo' }]);
    for (const name of ['secrets.json', 'demo.json', 'launcher.json'])
      expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o007).toBe(0);
    expect(statSync(join(home, 'postgres')).mode & 0o777).toBe(0o700);

    const second = await Program.script('start', { FRONTDESK_DATA_DIR: home, PORT: '0' }).ended;
    expect(second).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`already running in ${home} (${url},`),
    });

    program.signal('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
    for (const address of [url, simulator, meta, database]) await expectGone(address);
    const none = await Program.script('db:url', { FRONTDESK_DATA_DIR: home }).ended;
    expect(none).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The embedded PostgreSQL is not running.*\n$/),
    });
  });

  it('keeps data and sign-in, also after the launcher was killed', async () => {
    const first = await startFrontdesk({ FRONTDESK_DATA_DIR: home });
    const signIn = await first.program.says(/(Sign in .*\n)/);
    const simulator = await first.program.says(/the simulator at (http:\/\/[\d.:]+)/);
    await query(await databaseUrl(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    first.program.signal('SIGKILL');
    await first.program.ended;

    const second = await startFrontdesk({ FRONTDESK_DATA_DIR: home, TWILIO_API_BASE_URL: simulator });
    const database = await databaseUrl();
    expect(await query(database, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(second.program.output).toContain(signIn);
    await expectGone(simulator);

    // Nobody starts again this time: the database must not stay behind.
    second.program.signal('SIGKILL');
    await second.program.ended;
    const pidFile = join(home, 'postgres', 'data', 'postmaster.pid');
    for (let i = 0; i < 100 && existsSync(pidFile); i++) await sleep(100);
    await expectGone(database);
  });

  it('finishes a request in progress when Ctrl-C hits the whole process group, twice as under npm', async () => {
    const { program, url } = await startFrontdesk({ FRONTDESK_DATA_DIR: home });
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) }).setEncoding('utf8');
    let answer = '';
    socket.on('data', (chunk: string) => (answer += chunk));
    const body = JSON.stringify({ email: 'nobody@demo.example', password: 'not this one' });
    socket.write(
      `POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
    );
    await sleep(200);
    program.signalGroup('SIGINT');
    program.signal('SIGINT');
    await program.says(/Stopping: /);
    await sleep(300);
    socket.write(body.slice(9));
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(existsSync(join(home, 'postgres', 'data', 'postmaster.pid'))).toBe(false);
  });
});

describe('npm start where something is wrong', () => {
  const KEYS = {
    DATABASE_APP_PASSWORD: 'a-password-of-the-app',
    DATABASE_SERVICE_PASSWORD: 'a-password-of-the-service',
    JWT_SECRET: 'a-secret-that-signs-tokens-of-tests',
    MASTER_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
  };

  async function expectLine(env: NodeJS.ProcessEnv, line: RegExp): Promise<void> {
    const { code, stdout, stderr } = await Program.script('start', env).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    for (const secret of Object.values(KEYS)) expect(stderr).not.toContain(secret);
    expect(stderr).not.toContain('hunter2');
  }

  it('names a port in use, and starts no database', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    await expectLine(
      { FRONTDESK_DATA_DIR: home, PORT: String(port) },
      new RegExp(`^Port ${port} on 127.0.0.1 is in use: .*set PORT`),
    );
    expect(existsSync(join(home, 'postgres'))).toBe(false);
    await new Promise((done) => other.close(done));
  });

  it('names a data folder that holds something else', async () => {
    mkdirSync(join(home, 'postgres', 'data'), { recursive: true });
    writeFileSync(join(home, 'postgres', 'data', 'PG_VERSION'), '15\n');
    await expectLine(
      { FRONTDESK_DATA_DIR: home, PORT: '0' },
      /secrets\.json is missing, .*move the whole folder/,
    );
    rmSync(home, { recursive: true });
    mkdirSync(join(home, 'postgres'), { recursive: true });
    writeFileSync(join(home, 'postgres', 'letter.txt'), 'Dear');
    await expectLine(
      { FRONTDESK_DATA_DIR: home, PORT: '0', PUBLIC_URL: 'http://127.0.0.1:3000' },
      /postgres holds other files than a PostgreSQL database: move it away/,
    );
    rmSync(home, { recursive: true });
    writeFileSync(home, '');
    await expectLine({ FRONTDESK_DATA_DIR: home, PORT: '0' }, /is not a folder: .*set FRONTDESK_DATA_DIR/);
  });

  it('lists the missing keys of a given database by name', async () => {
    const env = { DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1/x', PORT: '0' };
    await expectLine(
      env,
      /DATABASE_APP_PASSWORD: .*DATABASE_SERVICE_PASSWORD: .*JWT_SECRET: .*MASTER_KEYS: /,
    );
    await expectLine(
      { NODE_ENV: 'production', PORT: '0' },
      /DATABASE_URL: .*MASTER_KEYS: .*PUBLIC_URL: .*SMTP_URL: /,
    );
    await expectLine(
      { ...KEYS, FRONTDESK_DATA_DIR: home, JWT_SECRET: 'short', PORT: '0' },
      /JWT_SECRET: expected at least/,
    );
  });

  it('says what is wrong with a given DATABASE_URL', async () => {
    const port = await unusedPort();
    const at = (address: string) => ({
      ...KEYS,
      PORT: '0',
      PUBLIC_URL: 'http://127.0.0.1:3000',
      DATABASE_URL: `postgres://someone:hunter2@${address}/x`,
    });
    await expectLine(at(`127.0.0.1:${port}`), /^DATABASE_URL: nothing listens at its host and port/);
    await expectLine(at('no-such-host.invalid'), /^DATABASE_URL: its host (is unknown|cannot be looked up)/);
    await expectLine(
      { ...KEYS, DATABASE_URL: 'mysql://x', PORT: '0' },
      /DATABASE_URL: expected postgres:\/\//,
    );
  });
});
