import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { OperatorError, startEmbeddedPostgres, type EmbeddedPostgres } from '../../tools/embedded';
import { findRunning } from '../../tools/embedded/postmaster-file';

let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frontdesk-embedded-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'postgres');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

const pidFile = () => join(dataDir, 'data', 'postmaster.pid');
const running = () => findRunning(join(dataDir, 'data'));

describe('a data folder that is kept', () => {
  const start = () => startEmbeddedPostgres({ dataDir, password: 'a-password', database: 'frontdesk' });

  it('is durable, private, and holds its data over starts and a crash, on the same port', async () => {
    const first = await start();
    const [settings] = await query(
      first.adminUrl,
      `SELECT current_setting('fsync') AS fsync, current_setting('listen_addresses') AS listen,
              current_setting('unix_socket_directories') AS sockets, current_setting('log_min_error_statement') AS statements`,
    );
    expect(settings).toEqual({ fsync: 'on', listen: '127.0.0.1', sockets: '', statements: 'panic' });
    await expect(query(first.adminUrl.replace('a-password', 'another'), 'SELECT')).rejects.toMatchObject({
      code: '28P01',
    });
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.restart('immediate');
    await first.stop();
    expect(existsSync(pidFile())).toBe(false);

    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await query(second.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('takes over from a launcher that was killed together with its watchdog', async () => {
    const first = await start();
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const left = running()?.pid;
    const second = await start();
    expect(running()?.pid).not.toBe(left);
    expect(await query(second.adminUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await first.died;
    await second.stop();
  });

  it('is not misled by the lock file of a process that is gone, or is another program by now', async () => {
    await (await start()).stop();
    for (const pid of [2 ** 22 - 1, process.pid]) {
      writeFileSync(pidFile(), `${pid}\n${dataDir}/data\n1\n5432\n\n127.0.0.1\n1 1\nready\n`);
      const server = await start();
      expect(await query(server.adminUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await server.stop();
    }
  });

  it('moves to another port when the last one is taken', async () => {
    const first = await start();
    await first.stop();
    const other = createServer();
    await new Promise<void>((done) => other.listen(first.port, '127.0.0.1', done));
    const second = await start();
    expect(second.port).not.toBe(first.port);
    await second.stop();
    await new Promise((done) => other.close(done));
  });

  it('tells of a death nobody asked for, and not of one that was asked for', async () => {
    const server = await start();
    let told = false;
    void server.died.then(() => (told = true));
    await server.restart();
    await sleep(50);
    expect(told).toBe(false);
    process.kill(running()?.pid ?? 0, 'SIGQUIT');
    await server.died;
    await server.stop();
  });

  it('finishes what an interrupted first start began', async () => {
    mkdirSync(join(dataDir, 'data.new'), { recursive: true });
    writeFileSync(join(dataDir, 'data.new', 'PG_VERSION'), '18');
    writeFileSync(join(dataDir, 'password.new'), 'left over');
    const server = await start();
    expect(existsSync(join(dataDir, 'password.new'))).toBe(false);
    await server.stop();
  });

  it.each<[string, () => void, RegExp]>([
    [
      'of another version',
      () => writeFileSync(join(dataDir, 'data', 'PG_VERSION'), '15\n'),
      /made by PostgreSQL 15, this is 18: move it away/,
    ],
    ['without a database', () => undefined, /holds no PostgreSQL database .*: move it away/],
    [
      'of which half is missing',
      () => writeFileSync(join(dataDir, 'data', 'PG_VERSION'), '18\n'),
      /did not start: .*postgresql\.conf.*move it away/,
    ],
  ])('refuses a folder %s in one line', async (_what, damage, line) => {
    mkdirSync(join(dataDir, 'data'), { recursive: true, mode: 0o700 });
    damage();
    const failure: unknown = await start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OperatorError);
    expect((failure as OperatorError).message).toMatch(line);
    expect((failure as OperatorError).message).not.toContain('\n');
  });

  it('says so when the password does not belong to the data', async () => {
    await (await start()).stop();
    const attempt = startEmbeddedPostgres({ dataDir, password: 'not-this-one' });
    await expect(attempt).rejects.toThrow(/does not accept the password in secrets\.json/);
    expect(running()).toBeUndefined();
  });
});

describe('a server for tests', () => {
  let server: EmbeddedPostgres;

  it('is fast instead of durable, and leaves nothing', async () => {
    server = await startEmbeddedPostgres({ dataDir, ephemeral: true });
    expect(await query(server.adminUrl, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    await server.stop();
    expect(existsSync(dataDir)).toBe(false);
    await expect(query(server.adminUrl, 'SELECT')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('listens where it is told to', async () => {
    const probe = createServer();
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
    const { port } = probe.address() as AddressInfo;
    await new Promise((done) => probe.close(done));
    server = await startEmbeddedPostgres({ dataDir, ephemeral: true, port });
    expect(new URL(server.adminUrl).port).toBe(String(port));
    await server.stop();
  });
});
