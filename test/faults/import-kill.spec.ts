import { Client } from 'pg';
import { newId } from '../../src/common/context';
import { aDatabase, anOrganization, as, testApp, type TestDatabase } from '../support';
import { upload, type Imported } from '../support/imports';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { until } from './scene';

const ROWS = 6_000;
/** Where the run is stopped to be killed: at the first row of a batch, whose contact somebody else holds. */
const STOPS = [2_000, 3_000, 4_000, 5_000];

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
});

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

/** Takes a contact and keeps everybody else from it; the function that is returned lets it go. */
async function held(number: string): Promise<() => Promise<void>> {
  await db.query('INSERT INTO contacts (org_id, id, name, phone) VALUES ($1, $2, $3, $4)', [
    ...[orgId, newId(), 'Before', number],
  ]);
  const client = new Client({ connectionString: db.adminUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM contacts WHERE org_id = $1 AND phone = $2 FOR UPDATE', [orgId, number]);
  return () => client.end();
}

const isWaiting = async (): Promise<boolean> => {
  const [row] = await db.query<{ waiting: boolean }>(
    `SELECT count(*) > 0 AS waiting FROM pg_stat_activity
     WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return row?.waiting ?? false;
};

test(`${ROWS} rows, ${STOPS.length} kills: each row is imported exactly once`, async () => {
  const releases: (() => Promise<void>)[] = [];
  for (const row of STOPS) releases.push(await held(phone(row)));
  await server.start();
  const { body } = await upload(server, token, `name,phone,notes\n${lines.join('\n')}\n`);
  await as(server, token)
    .post(`/contacts/imports/${body.id}/start`, { mapping: body.preview.suggestedMapping })
    .expect(202);
  for (const [kill, row] of STOPS.entries()) {
    await until('a batch waits', async () => {
      return (await progress(body.id)).rowsRead === row && (await isWaiting());
    });
    await server.kill();
    await releases[kill]?.();
    await server.start();
  }
  await until('the import ends', async () => (await progress(body.id)).status !== 'running', 90_000);

  const wanted = new Map<string, { name: string; notes: string }>();
  // Those that are held were there before.
  let updated = STOPS.length;
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
    created: wanted.size - STOPS.length,
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
});
