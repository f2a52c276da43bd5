import { Schedule } from '../../src/common/schedule';
import { anOrganization, testApp, type TestApp, type TestOrganization } from '../support';

let app: TestApp;
let clinic: TestOrganization;

beforeAll(async () => {
  app = await testApp();
  clinic = await anOrganization(app);
});
afterAll(() => app.stop());

const DAY = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY);

/** Runs a schedule as if its time had come, and waits until it is done. */
async function run(name: string): Promise<void> {
  const slot = new Date(Date.now() + Math.floor(Math.random() * 1e9));
  expect(await app.nest.get(Schedule, { strict: false }).fire(name, slot)).toBe(true);
  await app.settled();
}

/** Makes the month of a day in the past: the program makes those to come. */
async function monthOf(day: Date): Promise<void> {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1));
  const next = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1));
  const name = `webhook_logs_${first.toISOString().slice(0, 7).replace('-', '_')}`;
  await app.db.query(
    `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF webhook_logs
     FOR VALUES FROM ('${first.toISOString()}') TO ('${next.toISOString()}')`,
  );
}

async function log(orgId: string | null, receivedAt: Date, times = 1): Promise<void> {
  await monthOf(receivedAt);
  await app.db.query(
    `INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload, signature_verified,
       processing_status, response_status, received_at)
     SELECT gen_random_uuid(), $1, 'twilio_whatsapp', 'message_inbound', '/', 'POST', '{}', '{}', true, 'processed', 200, $2
     FROM generate_series(1, $3)`,
    [orgId, receivedAt, times],
  );
}

const left = () =>
  app.db.query(
    'SELECT org_id, count(*)::int AS count FROM webhook_logs GROUP BY org_id ORDER BY org_id NULLS LAST',
  );

test('logs are deleted when they are older than their organization keeps them', async () => {
  const other = await anOrganization(app);
  await app.db.query('UPDATE organizations SET webhook_retention_days = 3 WHERE id = $1', [other.orgId]);
  await log(clinic.orgId, daysAgo(31), 12_000);
  await log(clinic.orgId, daysAgo(29), 2);
  await log(other.orgId, daysAgo(4), 3);
  await log(other.orgId, daysAgo(2), 1);
  await log(null, daysAgo(8), 5);
  await log(null, daysAgo(6), 1);
  await run('channels.expire-webhook-logs');
  expect(await left()).toEqual([
    { org_id: clinic.orgId, count: 2 },
    { org_id: other.orgId, count: 1 },
    { org_id: null, count: 1 },
  ]);
  expect(app.logs.join('')).toContain('"count":12008');
});

test('the months to come are made ahead of time, and made again when one is missing', async () => {
  const now = new Date();
  const names = [0, 1, 2, 3].map((ahead) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    return `webhook_logs_${month.toISOString().slice(0, 7).replace('-', '_')}`;
  });
  const exist = async () => {
    const rows = await app.db.query<{ name: string }>(
      'SELECT c.relname AS name FROM pg_class c WHERE c.relname = ANY($1) AND c.relrowsecurity AND c.relforcerowsecurity',
      [names],
    );
    return rows.map(({ name }) => name).sort();
  };
  expect(await exist()).toEqual(names);
  await app.db.query(`DROP TABLE ${String(names[3])}`);
  await run('channels.maintain-partitions');
  expect(await exist()).toEqual(names);
});
