import { anOrganization, as, testApp, type Caller, type TestApp, type TestOrganization } from '../support';
import { upload, type Imported } from '../support/imports';

let app: TestApp;
let organization: TestOrganization;
let owner: Caller;

beforeAll(async () => {
  app = await testApp();
});
beforeEach(async () => {
  organization = await anOrganization(app);
  owner = as(app, organization.ownerToken);
});
afterAll(() => app.stop());

async function uploaded(file: string): Promise<Imported> {
  const { status, body } = await upload(app, organization.ownerToken, file);
  expect({ status, code: body.code }).toEqual({ status: 201, code: undefined });
  return body;
}

/** Starts the import of a file of which the first column is the phone; resolves when it has ended. */
async function worked(file: string, order: object = {}): Promise<Imported> {
  const { id } = await uploaded(file);
  await owner
    .post(`/contacts/imports/${id}/start`, { mapping: [{ column: 1, field: 'phone' }], ...order })
    .expect(202);
  await app.settled();
  return (await owner.get(`/contacts/imports/${id}`).expect(200)).body as Imported;
}

test('a row of too many cells ends an import, which keeps what came before and is not tried again', async () => {
  const done = await worked(`phone,name\n+4915112345678,Ann\n${','.repeat(100_000)}\n+4915112345679,Bob\n`);
  expect(done).toMatchObject({ status: 'failed', problem: 'too_many_cells', problemLine: 3, created: 1 });
  expect(await app.db.query('SELECT FROM graphile_worker.jobs')).toEqual([]);
});

test.each([
  ['has too many columns', ','.repeat(100_000)],
  ['is too long', 'x'.repeat(300_000)],
  ['has a quote that is not closed', '"phone,name\n+4915112345678,Ann\n'],
])('a file is refused where its first row %s', async (why, file) => {
  const { status, body } = await upload(app, organization.ownerToken, file);
  expect(status).toBe(422);
  expect(body).toMatchObject({
    code: 'import_file_unreadable',
    detail: expect.stringContaining(why) as string,
  });
  expect((await owner.get('/contacts/imports').expect(200)).body).toMatchObject({ items: [] });
});

test('a preview is as wide as a table of people, and no wider', async () => {
  const wide = Array.from({ length: 500 }, (_, column) => `${column} ${'😀'.repeat(150)}`).join(',');
  const { preview } = await uploaded(`${wide}\n`.slice(0, 200_000));
  expect(preview.columns.length).toBeLessThanOrEqual(500);
  expect(Math.max(...preview.columns.map((column) => Array.from(column).length))).toBeLessThanOrEqual(100);
});

const settingsKept = async () => {
  const rows = await app.db.query<{ settings: unknown }>(
    'SELECT settings FROM contact_imports WHERE org_id = $1',
    [organization.orgId],
  );
  return JSON.stringify(rows);
};

test.each([false, true])('no run keeps what it took for headings, a dry run (%s) neither', async (dryRun) => {
  await worked('Dana Weber,note\n+4915112345678,Ann\n', { dryRun, hasHeader: true });
  expect(await settingsKept()).not.toMatch(/Dana|note/);
});

test('nor does one that is cancelled', async () => {
  const { id } = await uploaded('Dana Weber,note\n+4915112345678,Ann\n');
  await owner
    .post(`/contacts/imports/${id}/start`, { mapping: [{ column: 1, field: 'phone' }], dryRun: true })
    .expect(202);
  expect(await settingsKept()).not.toMatch(/Dana|note/);
  await owner.post(`/contacts/imports/${id}/cancel`, {}).expect(200);
  await app.settled();
  expect(await settingsKept()).not.toMatch(/Dana|note/);
});
