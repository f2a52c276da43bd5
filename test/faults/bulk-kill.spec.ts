import { startTwilioSimulator, type TwilioSimulator } from '../../tools/twilio-simulator';
import { aDatabase, type TestDatabase } from '../support';
import { anApprovedTemplate, somePeople } from '../support/bulk-sends';
import type { TestBusiness } from '../support/business';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { aServedBusiness, countOf, until } from './scene';

const PEOPLE = 1_000;
/** The process is killed when so many messages were made, and when so many arrived. */
const KILLS = [
  ['messages', 1],
  ['messages', 501],
  ['sent', 300],
] as const;

let db: TestDatabase;
let server: ServerProcess;
let twilio: TwilioSimulator;
let business: TestBusiness;

beforeAll(async () => {
  ensureBuilt();
  db = await aDatabase();
  twilio = await startTwilioSimulator({ settings: { callbackDelayMs: 1 } });
  server = await ServerProcess.on(db, { TWILIO_API_BASE_URL: twilio.url });
  business = await aServedBusiness(db, server, twilio);
});

afterAll(async () => {
  await server.stop();
  await twilio.close();
  await db.drop();
});

const COUNT = {
  messages: 'SELECT count(*) FROM messages',
  sent: `SELECT count(*) FROM messages WHERE provider_message_id IS NOT NULL`,
};

test(`${PEOPLE} people, ${KILLS.length} kills: everybody is looked at once, and nobody gets it twice`, async () => {
  const { owner, orgId, connection } = business;
  await db.query('UPDATE channel_connections SET sends_per_second = 1000 WHERE id = $1', [connection.id]);
  const templateId = await anApprovedTemplate({ db, twilio }, business, { body: 'We are closed on {{1}}.' });
  await somePeople(
    db,
    orgId,
    Array.from({ length: PEOPLE }, (_, i) => (i % 10 === 9 ? { consent: 'out' } : {})),
  );
  await server.start();
  const variables = [{ name: '1', text: 'Friday' }];
  const order = { name: 'News', segment: {}, connectionId: connection.id, templateId, variables };
  const { body } = await owner.post('/bulk-sends', order).expect(201);
  const { id } = body as { id: string };
  await owner.post(`/bulk-sends/${id}/start`, {}).expect(202);
  for (const [what, count] of KILLS) {
    await until(`${count} ${what}`, async () => (await countOf(db, COUNT[what])) >= count, 90_000);
    await server.kill();
    await server.start();
  }
  // Those whose answer was lost are looked for at the provider, which takes minutes.
  const left = `SELECT (SELECT count(*) FROM bulk_sends WHERE NOT walked_all) + (SELECT count(*) FROM messages
    WHERE status = 'queued' OR (status = 'sending' AND provider_message_id IS NULL)) AS count`;
  await until(
    'all were handed over',
    async () => (await countOf(db, left)) === 0,
    150_000,
    async () =>
      JSON.stringify({
        messages: await db.query(
          'SELECT status, error_code, provider_message_id IS NULL AS none, attempt, count(*), min(next_attempt_at) FROM messages GROUP BY 1,2,3,4',
        ),
        bulkSends: await db.query(
          'SELECT status, problem, walked, walked_all, total, fed_until, now() FROM bulk_sends',
        ),
        paces: await db.query('SELECT * FROM connection_paces'),
        jobs: await db.query(
          'SELECT identifier, last_error, attempts, run_at, locked_at, locked_by, key FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id',
        ),
      }),
  );
  const sendable = PEOPLE * 0.9;
  expect(await countOf(db, 'SELECT count(*) FROM bulk_send_recipients')).toBe(PEOPLE);
  expect(await countOf(db, 'SELECT count(DISTINCT contact_id) FROM bulk_send_recipients')).toBe(PEOPLE);
  expect(await countOf(db, 'SELECT count(*) FROM messages')).toBe(sendable);
  expect(await countOf(db, 'SELECT count(DISTINCT conversation_id) FROM messages')).toBe(sendable);
  // What was being handed over at a kill is asked for at the provider, and sent again by nobody: it is there, or never was.
  const to = twilio.messages({ from: `whatsapp:${connection.number.address}` }).map((message) => message.to);
  expect(new Set(to).size).toBe(to.length);
  const unknown = await countOf(db, `SELECT count(*) FROM messages WHERE status = 'unknown'`);
  expect(to.length).toBeGreaterThanOrEqual(sendable - unknown);
  const { body: done } = await owner.get(`/bulk-sends/${id}`).expect(200);
  const { total, figures } = done as { total: number; figures: { skipped: object; ahead: number } };
  expect(total).toBe(PEOPLE);
  expect(figures).toMatchObject({ ahead: 0, skipped: { opted_out: PEOPLE / 10 } });
});
