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
async function monthOf(day: Date): Promise<string> {
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1));
  const next = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1));
  const name = `webhook_logs_${first.toISOString().slice(0, 7).replace('-', '_')}`;
  await app.db.query(
    `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF webhook_logs
     FOR VALUES FROM ('${first.toISOString()}') TO ('${next.toISOString()}');
     ALTER TABLE ${name} OWNER TO frontdesk_owner`,
  );
  return name;
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

/** One delivery, and its id. */
async function aLog(receivedAt: Date, status: string): Promise<string> {
  await monthOf(receivedAt);
  const [row] = await app.db.query<{ id: string }>(
    `INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload, signature_verified,
       processing_status, response_status, received_at)
     VALUES (gen_random_uuid(), $1, 'twilio_whatsapp', 'message_inbound', '/', 'POST', '{}', '{}', true, $3, 200, $2)
     RETURNING id`,
    [clinic.orgId, receivedAt, status],
  );
  return String(row?.id);
}

const exists = async (name: string): Promise<boolean> => {
  const [row] = await app.db.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [name]);
  return row?.there ?? false;
};

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

test('what is still to be worked off stays, however old', async () => {
  const at = daysAgo(45);
  const ids = {
    pending: await aLog(at, 'pending'),
    waiting: await aLog(at, 'failed'),
    dead: await aLog(at, 'processed'),
    done: await aLog(at, 'processed'),
  };
  const job = async (webhookLogId: string, task: string): Promise<string> => {
    const [row] = await app.db.query<{ id: string }>(
      `SELECT id FROM graphile_worker.add_job($1, $2::json, run_at => now() + interval '1 day')`,
      [task, JSON.stringify({ orgId: clinic.orgId, webhookLogId })],
    );
    return String(row?.id);
  };
  await job(ids.waiting, 'channels.process-webhook');
  const dead = await job(ids.dead, 'a.listener');
  await app.db.query('UPDATE graphile_worker._private_jobs SET attempts = max_attempts WHERE id = $1', [
    dead,
  ]);
  const kept = async () => {
    const rows = await app.db.query<{ id: string }>('SELECT id FROM webhook_logs WHERE id = ANY($1)', [
      Object.values(ids),
    ]);
    return rows.map(({ id }) => id).sort();
  };
  await run('channels.expire-webhook-logs');
  expect(await kept()).toEqual([ids.pending, ids.waiting, ids.dead].sort());

  await app.db.query(`DELETE FROM graphile_worker._private_jobs WHERE payload->>'webhookLogId' IS NOT NULL`);
  await app.db.query(`UPDATE webhook_logs SET processing_status = 'processed' WHERE id = $1`, [ids.pending]);
  await run('channels.expire-webhook-logs');
  expect(await kept()).toEqual([]);
});

test('claims of events go a week after their logs, but not while they wait', async () => {
  const event = (eventId: string, status: string, days: number) =>
    app.db.query(
      `INSERT INTO processed_webhook_events (org_id, id, event_id, event_type, payload_hash, status, created_at)
       VALUES ($1, gen_random_uuid(), $2, 'message', '', $3, $4)`,
      [clinic.orgId, eventId, status, daysAgo(days)],
    );
  await event('old', 'processed', 38);
  await event('old and failed', 'failed', 38);
  await event('old and waiting', 'pending', 38);
  await event('within the margin', 'processed', 36);
  await run('channels.expire-webhook-logs');
  const rows = await app.db.query<{ event_id: string }>(
    'SELECT event_id FROM processed_webhook_events WHERE org_id = $1 ORDER BY event_id',
    [clinic.orgId],
  );
  expect(rows.map(({ event_id: id }) => id)).toEqual(['old and waiting', 'within the margin']);
});

test('months that are over are dropped when they are empty; the one at hand and those to come stay', async () => {
  const emptied = await monthOf(daysAgo(200));
  await log(clinic.orgId, daysAgo(200), 2);
  const held = await monthOf(daysAgo(300));
  await aLog(daysAgo(300), 'pending');
  const now = new Date();
  const coming = await monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)));
  await app.db.query(`DELETE FROM ${await monthOf(now)}`);
  await run('channels.expire-webhook-logs');
  expect(await exists(emptied)).toBe(false);
  for (const name of [held, await monthOf(now), coming]) expect(await exists(name)).toBe(true);
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
