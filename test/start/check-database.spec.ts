import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../tools/embedded';
import { checkDatabase, judgeServer, readFacts, type ServerFacts } from '../../tools/start/check-database';
import { explain } from '../../tools/start/explain';

let folder: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'frontdesk-check-'));
  chmodSync(folder, 0o755);
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), ephemeral: true });
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  await client.query(
    `CREATE ROLE reader LOGIN PASSWORD 'hunter2'; CREATE ROLE maker LOGIN CREATEROLE PASSWORD 'hunter2'`,
  );
  await client.query('CREATE DATABASE made OWNER maker');
  await client.end();
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function as(user: string, password: string, database: string): string {
  return `postgres://${user}:${password}@127.0.0.1:${server.port}/${database}`;
}

async function lineFor(url: string): Promise<string> {
  const line = await checkDatabase(url).then(
    () => 'fine',
    (error: unknown) => explain(error),
  );
  expect(line).not.toContain('\n');
  expect(line).not.toMatch(/hunter2|127\.0\.0\.1|reader|maker/);
  return line;
}

it('is content with a superuser, and with an owner of the database who may make roles', async () => {
  expect(await lineFor(server.adminUrl)).toBe('fine');
  expect(await lineFor(as('maker', 'hunter2', 'made'))).toBe('fine');
});

it.each([
  [
    'a wrong password',
    () => as('maker', 'not-it', 'made'),
    /refuses its user and password; correct them\. \(28P01\)/,
  ],
  ['an unknown user', () => as('nobody', 'hunter2', 'made'), /refuses its user and password/],
  [
    'a missing database',
    () => as('maker', 'hunter2', 'absent'),
    /its database does not exist; create it .*\(3D000\)/,
  ],
  ['too few rights', () => as('reader', 'hunter2', 'made'), /may not prepare the database; take a superuser/],
  ["another's database", () => as('maker', 'hunter2', 'template1'), /may not prepare the database/],
])('names %s', async (_what, url, line) => {
  expect(await lineFor(url())).toMatch(line);
});

it('names something else that listens there', async () => {
  const other: Server = createServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address() as AddressInfo;
  expect(await lineFor(`postgres://maker:hunter2@127.0.0.1:${port}/made`)).toMatch(
    /^DATABASE_URL: its host broke the connection off; check that PostgreSQL answers at that port\. \(ECONNRESET\)$/,
  );
  await new Promise((done) => other.close(done));
});

const GOOD: ServerFacts = { version: 15, may_prepare: true, missing_extensions: [] };

it('names the package that brings what the server lacks', () => {
  expect(() => judgeServer({ ...GOOD, missing_extensions: ['btree_gist', 'pg_trgm'] })).toThrow(
    "DATABASE_URL: the server lacks btree_gist and pg_trgm; install PostgreSQL's contrib package there (postgresql-contrib).",
  );
});

it('asks the server for the extensions that are needed', async () => {
  const client = new Client({ connectionString: server.adminUrl });
  await client.connect();
  expect(await readFacts(client)).toMatchObject({ missing_extensions: [] });
  expect(await readFacts(client, ['plpgsql', 'no_such_thing'])).toMatchObject({
    missing_extensions: ['no_such_thing'],
  });
  await client.end();
});

it('draws the line at PostgreSQL 15', () => {
  expect(() => judgeServer({ ...GOOD, version: 14 })).toThrow(
    /the server is PostgreSQL 14; Frontdesk needs 15 or newer/,
  );
  expect(() => judgeServer(GOOD)).not.toThrow();
});

it('shows nothing but the first line of an error that nobody foresaw', () => {
  expect(explain(new Error('odd\n    at somewhere'))).toBe(
    'Frontdesk could not start: odd (LOG_LEVEL=debug shows where it happened)',
  );
});
