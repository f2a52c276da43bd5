import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { aDatabase, aPng, storedFiles, type TestDatabase } from '../support';
import type { TestBusiness } from '../support/business';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { aTwilio } from '../support/twilio';
import { allDone, aServedBusiness, until } from './scene';

const content = aPng(1_000_000);
const held: ServerResponse[] = [];
let answersWhole = false;

/** Where the provider keeps the file: half of it comes, and no more, until it is told otherwise. */
const files = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'image/png', 'content-length': content.length });
  if (answersWhole) response.end(content);
  else {
    response.write(content.subarray(0, content.length / 2));
    held.push(response);
  }
});

let mediaFolder: string;
let db: TestDatabase;
let twilio: TwilioSimulator;
let server: ServerProcess;
let business: TestBusiness;
let origin: string;

beforeAll(async () => {
  ensureBuilt();
  db = await aDatabase();
  mediaFolder = join(tmpdir(), `${new URL(db.adminUrl).pathname.slice(1)}-killed-media`);
  twilio = await aTwilio({ settings: { retries: 300, retryDelayMs: 100 } });
  files.listen(0, '127.0.0.1');
  await once(files, 'listening');
  origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  server = await ServerProcess.on(db, { TWILIO_API_BASE_URL: origin, MEDIA_DIR: mediaFolder });
  business = await aServedBusiness(db, server, twilio);
  await server.start();
});

afterAll(async () => {
  await server.stop();
  files.closeAllConnections();
  files.close();
  await twilio.close();
  await db.drop();
  rmSync(mediaFolder, { recursive: true, force: true });
});

/** No other file of the account is fetched with its credentials. */
const pathOfAFile = (): string =>
  `/2010-04-01/Accounts/${business.connection.number.accountSid}/Messages/MM${'1'.repeat(32)}/Media/ME${'1'.repeat(32)}`;

test('a file whose fetching is killed half-way is fetched again, and is there once', async () => {
  const drafts = () => readdirSync(tmpdir()).filter((name) => /^frontdesk-[0-9a-f-]{36}$/.test(name));
  const before = drafts();
  await twilio.receive({
    from: 'whatsapp:+491515550001',
    to: `whatsapp:${business.connection.number.address}`,
    media: [{ url: `${origin}${pathOfAFile()}`, contentType: 'image/png' }],
  });
  await until('half of the file is fetched', async () => held.length === 1);
  await server.kill();
  expect(storedFiles({ mediaFolder })).toEqual([]);
  expect(drafts()).toEqual(before);

  answersWhole = true;
  await server.start();
  await allDone(db, twilio);
  const rows = await db.query<{ id: string; status: string; size_bytes: number }>(
    'SELECT id, status, size_bytes FROM media_files',
  );
  expect(rows).toMatchObject([{ status: 'stored', size_bytes: content.length }]);
  const [file, ...more] = storedFiles({ mediaFolder });
  expect(more).toEqual([]);
  expect(readFileSync(file!).equals(content)).toBe(true);
});
