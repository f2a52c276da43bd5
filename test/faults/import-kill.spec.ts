import { aDatabase, anOrganization, as, testApp, type TestDatabase } from '../support';
import { upload, type Imported } from '../support/imports';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { until } from './scene';

const ROWS = 12_000;
const KILLS = 4;

let db: TestDatabase;
let server: ServerProcess;
let token: string;
let orgId: string;

beforeAll(async () => {
  ensureBuilt();
  db = await aDatabase();
  server = await ServerProcess.on(db);
  const app = await testApp({ db });
  ({ ownerToken: token, orgId } = await anOrganization(app));
  await app.stop();
}, 120_000);

afterAll(async () => {
  await server.stop();
  await db.drop();
});

const phone = (i: number) => `+491601${String(i).padStart(7, '0')}`;
/** Every tenth row is wrong, every seventh changes the one seven before it. */
const line = (i: number): string =>
  i % 10 === 9 ? `Wrong ${i},nonsense,` : `Person ${i},${phone(i % 7 === 6 ? i - 6 : i)},${i}`;
const lines = Array.from({ length: ROWS }, (_, i) => line(i));

async function progress(id: string): Promise<Imported> {
  const [row] = await db.query<Imported & Record<string, unknown>>(
    'SELECT status, rows_read AS "rowsRead" FROM contact_imports WHERE id = $1',
    [id],
  );
  return row!;
}

test(`${ROWS} rows, ${KILLS} kills: each row is imported exactly once`, async () => {
  await server.start();
  const { body } = await upload(server, token, `name,phone,notes\n${lines.join('\n')}\n`);
  await as(server, token)
    .post(`/contacts/imports/${body.id}/start`, { mapping: body.preview.suggestedMapping })
    .expect(202);
  for (let kill = 1; kill <= KILLS; kill++) {
    await until('rows are worked off', async () => {
      const { status, rowsRead } = await progress(body.id);
      if (status !== 'running') throw new Error('the import ended before the last kill');
      return rowsRead >= (kill * ROWS) / (KILLS + 2);
    });
    await server.kill();
    await server.start();
  }
  await until('the import ends', async () => (await progress(body.id)).status !== 'running', 90_000);

  const wanted = new Map<string, { name: string; notes: string }>();
  let updated = 0;
  lines.forEach((text, i) => {
    const [name = '', number = '', notes = ''] = text.split(',');
    if (i % 10 === 9) return;
    if (wanted.has(number)) updated++;
    wanted.set(number, { name, notes });
  });
  const { body: done } = await as(server, token).get(`/contacts/imports/${body.id}`).expect(200);
  expect(done).toMatchObject({
    status: 'completed',
    rowsRead: ROWS,
    created: wanted.size,
    updated,
    unchanged: 0,
    failed: ROWS / 10,
  });
  const rows = await db.query<{ name: string; phone: string; notes: string }>(
    'SELECT name, phone, notes FROM contacts WHERE org_id = $1 ORDER BY phone',
    [orgId],
  );
  expect(rows).toEqual(
    [...wanted].sort().map(([number, { name, notes }]) => ({ name, phone: number, notes })),
  );
  const [errors] = await db.query<{ lines: number; first: number; last: number }>(
    'SELECT count(DISTINCT line)::int AS lines, min(line) AS first, max(line) AS last FROM contact_import_errors',
  );
  expect(errors).toEqual({ lines: ROWS / 10, first: 11, last: ROWS + 1 });
  // The file is gone, and every change of a contact is in the trail once.
  expect(await db.query('SELECT FROM contact_import_chunks')).toEqual([]);
  const [trail] = await db.query<{ inserts: number; finished: number }>(
    `SELECT count(*) FILTER (WHERE event_type = 'contacts.insert')::int AS inserts,
       count(*) FILTER (WHERE event_type = 'contacts.import-finished')::int AS finished FROM audit_logs WHERE org_id = $1`,
    [orgId],
  );
  expect(trail).toEqual({ inserts: wanted.size, finished: 1 });
}, 180_000);
