import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { aDatabase, type TestDatabase } from '../support';
import type { TestBusiness } from '../support/business';
import { ensureBuilt, ServerProcess } from '../support/server-process';
import { aCloud } from '../support/cloud';
import { aTwilio } from '../support/twilio';
import { deliveries, received, unique, type Delivery } from './deliveries';
import { OtherChannels } from './other-channels';
import { allDone, aServedBusiness, countOf, spread, until } from './scene';

const TOTAL = 5_000;
const REPEATED = 500;
const CUSTOMERS = 100;
const KILLS = 10;
const AT_ONCE = 32;
const STOP = /^You will get no more messages/;
const START = /^You are subscribed again/;

let db: TestDatabase;
let twilio: TwilioSimulator;
let server: ServerProcess;
let business: TestBusiness;
let others: OtherChannels;

beforeAll(async () => {
  ensureBuilt();
  db = await aDatabase();
  twilio = await aTwilio({
    settings: { retries: 300, retryDelayMs: 100, callbackDelayMs: 1 },
  });
  const cloud = await aCloud({ settings: { retries: 300, retryDelayMs: 100 } });
  const urls = { TWILIO_API_BASE_URL: twilio.url, WHATSAPP_CLOUD_API_BASE_URL: cloud.url };
  server = await ServerProcess.on(db, urls);
  business = await aServedBusiness(db, server, twilio, {
    env: urls,
    async prepare(app) {
      others = await OtherChannels.on(app, { twilio, cloud });
    },
  });
});

afterAll(async () => {
  await server.stop();
  await twilio.close();
  await db.drop();
});

const plan = { total: TOTAL, repeated: REPEATED, customers: CUSTOMERS };
const all = deliveries({ ...plan, words: { every: 90, list: ['STOP', 'START', 'stop', 'Start'] } });
const messages = unique(all);
const ours = () => [business.orgId];

/** Who holds jobs, or the queues of threads. */
async function holders(): Promise<string[]> {
  const rows = await db.query<{ who: string }>(
    `SELECT locked_by AS who FROM graphile_worker._private_jobs WHERE locked_at IS NOT NULL
     UNION SELECT locked_by FROM graphile_worker._private_job_queues WHERE locked_at IS NOT NULL`,
  );
  return rows.map(({ who }) => who);
}

interface Course {
  accepted: number;
  over: boolean;
}

/** Kills the server in the midst of the work, again and again. Resolves with the workers that died while they held jobs. */
async function killAgainAndAgain(course: Course): Promise<Set<string>> {
  const dead = new Set<string>();
  for (let kill = 1; kill <= KILLS; kill++) {
    const share = (kill * TOTAL) / (KILLS + 1);
    await until('deliveries are taken in', async () => course.accepted >= share || course.over, 120_000);
    if (course.over) throw new Error('the deliveries were over before the last kill');
    await server.kill();
    for (const who of await holders()) dead.add(who);
    await server.start();
  }
  return dead;
}

/** Delivers everything. Resolves with what was accepted: answered with a 2xx. */
async function deliverAll(course: Course): Promise<Delivery[]> {
  const accepted = await spread(all, AT_ONCE, async (delivery) => {
    const { attempts } = await twilio.receive(received(delivery, business.connection.number.address));
    const status = attempts.at(-1)?.status ?? 0;
    if (status < 200 || status >= 300) return undefined;
    course.accepted++;
    return delivery;
  });
  course.over = true;
  return accepted.filter((delivery) => delivery !== undefined);
}

test(`${TOTAL} deliveries, ${KILLS} kills: what was accepted is processed exactly once`, async () => {
  const course: Course = { accepted: 0, over: false };
  await server.start();
  const [accepted, dead] = await Promise.all([
    deliverAll(course),
    killAgainAndAgain(course),
    others.play(() => course.over),
  ]);
  expect(accepted).toHaveLength(TOTAL);
  expect(dead.size).toBeGreaterThan(0);

  // Left to itself, the queue gives a killed worker four hours.
  await until('the jobs of the killed workers are freed', async () =>
    (await holders()).every((who) => !dead.has(who)),
  );
  await allDone(db, twilio, { limitMs: 120_000 });
});

test('each message is stored once', async () => {
  const rows = await db.query<{ sid: string; body: string; phone: string }>(
    `SELECT m.provider_message_id AS sid, m.body, c.contact_address AS phone FROM messages m
     JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
     WHERE m.org_id = $1 AND m.direction = 'incoming'`,
    ours(),
  );
  const stored = rows.map(({ sid, body, phone }) => `${sid} ${phone} ${body}`);
  const wanted = messages.map(({ messageSid, customer, body }) => `${messageSid} ${customer} ${body}`);
  expect(stored.sort()).toEqual(wanted.sort());
});

test('each event is processed, and no delivery waits', async () => {
  const events = await db.query<{ event_type: string; status: string; count: string }>(
    `SELECT event_type, status, count(*) FROM processed_webhook_events WHERE org_id = $1 GROUP BY 1, 2`,
    ours(),
  );
  expect(events.filter(({ event_type }) => event_type === 'message')).toEqual([
    { event_type: 'message', status: 'processed', count: String(messages.length) },
  ]);
  expect(events.filter(({ status }) => status !== 'processed')).toEqual([]);

  const logs = await db.query(
    `SELECT processing_status, error_message, count(*) FROM webhook_logs
     WHERE org_id = $1 AND webhook_type = 'message_inbound' AND error_message IS DISTINCT FROM 'duplicate' GROUP BY 1, 2`,
    ours(),
  );
  expect(logs).toEqual([
    { processing_status: 'processed', error_message: null, count: String(messages.length) },
  ]);
  const waiting = `SELECT count(*) FROM webhook_logs WHERE processing_status <> 'processed'`;
  expect(await countOf(db, waiting)).toBe(0);
});

test('each customer is one contact with one conversation, and was counted as often as they wrote', async () => {
  const rows = await db.query<{ phone: string; messages: number; contacts: string; conversations: string }>(
    `SELECT p.phone_number AS phone, p.message_count AS messages,
       (SELECT count(*) FROM contacts c WHERE c.org_id = p.org_id AND c.phone = p.phone_number) AS contacts,
       (SELECT count(*) FROM conversations c WHERE c.org_id = p.org_id AND c.contact_address = p.phone_number) AS conversations
     FROM phone_number_mappings p WHERE p.org_id = $1 ORDER BY 1`,
    ours(),
  );
  const wanted = new Map<string, number>();
  for (const { customer } of messages) wanted.set(customer, (wanted.get(customer) ?? 0) + 1);
  expect(rows).toEqual(
    [...wanted].sort().map(([phone, count]) => ({
      phone,
      messages: count,
      contacts: '1',
      conversations: '1',
    })),
  );
});

test('each STOP and START was obeyed once and confirmed once', async () => {
  const said = (word: RegExp): Delivery[] => messages.filter(({ body }) => word.test(body));
  const stops = said(/^stop$/i);
  const starts = said(/^start$/i);
  expect(stops.length).toBeGreaterThan(10);
  const ledger = await db.query<{ action: string; count: string }>(
    `SELECT action, count(*) FROM consent_events WHERE org_id = $1 AND source = 'keyword' GROUP BY 1 ORDER BY 1`,
    ours(),
  );
  expect(ledger).toEqual([
    { action: 'opt_in', count: String(starts.length) },
    // Of each purpose: who says STOP wants neither.
    { action: 'opt_out', count: String(2 * stops.length) },
  ]);
  const confirmations = twilio.messages({ direction: 'outbound-api' });
  for (const [words, text] of [
    [stops, STOP],
    [starts, START],
  ] as const) {
    const told = confirmations.filter(({ body }) => text.test(body)).map(({ to }) => to);
    expect(told.sort()).toEqual(words.map(({ customer }) => `whatsapp:${customer}`).sort());
  }
  const arrived = `SELECT count(*) FROM messages WHERE direction = 'outgoing' AND status = 'delivered'`;
  expect(await countOf(db, arrived)).toBe(stops.length + starts.length);
});

test('so it is by SMS, by Meta and in calls', () => others.expectOnce(db));

test('no job is dead', async () => {
  const dead = 'SELECT count(*) FROM graphile_worker._private_jobs WHERE attempts >= max_attempts';
  expect(await countOf(db, dead)).toBe(0);
});
