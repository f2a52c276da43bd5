import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Uuid } from '../../src/common/context';
import { ContactImportsRepository } from '../../src/modules/contacts/db/contact-imports.repository';
import { TendImports } from '../../src/modules/contacts/app/tend-imports.job';
import { anOrganization, as, testApp, type TestApp, type TestOrganization } from '../support';
import { upload, uploadStream } from '../support/imports';

const MB = 1_048_576;
let app: TestApp;
let organization: TestOrganization;

beforeAll(async () => {
  app = await testApp({ env: { CONTACT_IMPORT_MAX_MB: '40' } });
});
beforeEach(async () => {
  organization = await anOrganization(app);
});
afterAll(() => app.stop());

const left = () =>
  app.db.query<{ status: string; chunks: number }>(
    `SELECT status, (SELECT count(*)::int FROM contact_import_chunks c WHERE c.import_id = i.id) AS chunks
     FROM contact_imports i WHERE org_id = $1`,
    [organization.orgId],
  );

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error(`it did not come to this: ${what}`);
}

/** `megabytes` of rows, made as they are taken. */
function* rows(megabytes: number, taken: (bytes: number) => void = () => undefined): Generator<Buffer> {
  yield Buffer.from('phone,notes\n');
  const block = Buffer.from(`+4915100000001,${'x'.repeat(1_008)}\n`.repeat(64));
  for (let made = 0; made < megabytes * MB; made += block.length) {
    taken(made);
    yield block;
  }
}

test('a large file is kept in pieces; while they cannot be stored no more of it is taken', async () => {
  let taken = 0;
  const uploading = uploadStream(
    app,
    organization.ownerToken,
    Readable.from(rows(38, (bytes) => (taken = bytes))),
  );
  await until('a piece is stored', async () => (await left()).some(({ chunks }) => chunks >= 1));
  const holder = new Client({ connectionString: app.db.adminUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM contact_imports WHERE org_id = $1 FOR UPDATE', [organization.orgId]);
  const chunks = (await left())[0]?.chunks ?? 0;
  let before = -1;
  await until('the sender waits', async () => {
    const moved = taken !== before;
    before = taken;
    await sleep(300);
    return !moved;
  });
  // What lies between is in the buffers of two sockets and one piece.
  expect(taken - chunks * MB).toBeLessThan(20 * MB);
  await holder.query('COMMIT');
  await holder.end();
  const { status, body } = await uploading;
  expect({ status, rows: body.preview.rows.length }).toEqual({ status: 201, rows: 5 });
  expect((await left())[0]?.chunks).toBeGreaterThanOrEqual(38);
});

test('a file that is too large is refused while it arrives, and leaves nothing', async () => {
  const answer = await uploadStream(app, organization.ownerToken, Readable.from(rows(45)));
  expect(answer).toMatchObject({ status: 413, body: { code: 'import_file_too_large' } });
  expect(await left()).toEqual([]);
});

test('an upload that is broken off leaves nothing', async () => {
  const { hostname, port } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(
    `POST /api/v1/contacts/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${organization.ownerToken}\r\n` +
      `Content-Type: text/csv\r\nContent-Length: ${20 * MB}\r\n\r\n`,
  );
  socket.write(Buffer.alloc(3 * MB, 'phone,notes\n'));
  await until('pieces arrive', async () => (await left()).some(({ chunks }) => chunks >= 2));
  expect(await left()).toMatchObject([{ status: 'uploading' }]);
  const owner = as(app, organization.ownerToken);
  expect((await owner.get('/contacts/imports').expect(200)).body).toMatchObject({ items: [] });
  socket.destroy();
  await until('nothing is left', async () => (await left()).length === 0);
});

test('what broke off with its process goes within an hour, what nobody started in two days, reports in 90', async () => {
  const { body } = await upload(app, organization.ownerToken, 'phone\n1\n');
  const tend = () => app.nest.get(TendImports, { strict: false }).run();
  const as_ = (set: string) =>
    app.db.query(
      `BEGIN; ALTER TABLE contact_imports DISABLE TRIGGER contact_imports_updated_at;
       UPDATE contact_imports SET ${set} WHERE id = '${body.id}';
       ALTER TABLE contact_imports ENABLE TRIGGER contact_imports_updated_at; COMMIT`,
    );
  for (const young of [
    `status = 'uploading', updated_at = now() - interval '59 minutes'`,
    `status = 'uploaded', updated_at = now() - interval '47 hours'`,
    `status = 'completed', finished_at = now() - interval '89 days'`,
  ]) {
    await as_(young);
    await tend();
    expect(await left()).toHaveLength(1);
  }
  await as_(`finished_at = now() - interval '91 days'`);
  await tend();
  expect(await left()).toEqual([]);
});

test('a run whose job is gone is taken up again', async () => {
  const { body } = await upload(app, organization.ownerToken, 'phone\n015100000001\n');
  await app.db.query(
    `BEGIN; ALTER TABLE contact_imports DISABLE TRIGGER contact_imports_updated_at;
     UPDATE contact_imports SET status = 'running', started_by_type = 'system', started_at = now(),
       updated_at = now() - interval '4 minutes',
       settings = '{"mapping":[{"column":1,"field":"phone"}],"width":1,"consent":{}}'
       WHERE id = '${body.id}';
     ALTER TABLE contact_imports ENABLE TRIGGER contact_imports_updated_at; COMMIT`,
  );
  await app.nest.get(TendImports, { strict: false }).run();
  await app.settled();
  expect(await left()).toEqual([{ status: 'completed', chunks: 0 }]);
});

test('what was started since it was found to be expired stays', async () => {
  const { body } = await upload(app, organization.ownerToken, 'phone\n015100000001\n');
  const imports = app.nest.get(ContactImportsRepository, { strict: false });
  const due = { org_id: organization.orgId, id: body.id as Uuid, due: 'expired' as const };
  const found = jest.spyOn(imports, 'due').mockResolvedValue([due]);
  await app.nest.get(TendImports, { strict: false }).run();
  found.mockRestore();
  expect(await left()).toHaveLength(1);
});
