import { Client } from 'pg';
import { newId } from '../../src/common/context';
import { isUnavailable } from '../../src/common/database';
import { IntakeBatches } from '../../src/modules/channels/app/intake-batches';
import { WebhookIntake, type AcceptedWebhook } from '../../src/modules/channels/db/webhook-intake.repository';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { testApp, type TestApp } from '../support';
import { aTwilio } from '../support/twilio';
import { until } from '../support/until';
import { aDesk, aMessageSid, deliver, signed, type TestDesk } from '../support/webhooks';

let app: TestApp;
let twilio: TwilioSimulator;
let desk: TestDesk;
let batches: IntakeBatches;
/** How many requests asked. */
let requests: number;
/** How many events went into each statement. */
let statements: number[];

beforeAll(async () => {
  twilio = await aTwilio();
  // What is taken in stays queued.
  app = await testApp({ env: { ROLE: 'api', TWILIO_API_BASE_URL: twilio.url } });
  desk = await aDesk(app, twilio);
  batches = app.nest.get(IntakeBatches, { strict: false });
  const ask = batches.accept.bind(batches);
  batches.accept = (webhooks) => {
    requests++;
    return ask(webhooks);
  };
  const intake = app.nest.get(WebhookIntake, { strict: false });
  const accept = intake.accept.bind(intake);
  intake.accept = (webhooks) => {
    statements.push(webhooks.length);
    return accept(webhooks);
  };
});
beforeEach(() => {
  requests = 0;
  statements = [];
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});

function anEvent(change: Partial<AcceptedWebhook> = {}): AcceptedWebhook {
  const externalId = aMessageSid();
  return {
    ...{ logId: newId(), orgId: desk.orgId, connectionId: desk.connection.id, isRouted: false },
    ...{
      source: 'twilio_whatsapp',
      type: 'message_inbound',
      externalId,
      url: 'https://x.test/',
      method: 'POST',
    },
    ...{ headers: {}, payload: { Body: 'Hello' }, signature: null, ip: null, receivedAt: new Date() },
    ...{ eventRowId: newId(), eventId: `message:${externalId}`, eventType: 'message', payloadHash: 'x' },
    ...{ requestId: newId(), verdict: null },
    ...change,
  };
}

/** The same, delivered again. */
const again = (event: AcceptedWebhook): AcceptedWebhook => ({
  ...event,
  logId: newId(),
  eventRowId: newId(),
});

/** The database refuses it: there is no such organization. */
const aRefusedEvent = () => anEvent({ orgId: newId() });

/** The ids of those that are logged, claimed and queued, each once. */
async function takenIn(events: readonly AcceptedWebhook[]): Promise<string[]> {
  const rows = await app.db.query<{ id: string }>(
    `SELECT l.external_id AS id FROM webhook_logs l
     JOIN processed_webhook_events e ON e.org_id = l.org_id AND e.event_id = 'message:' || l.external_id
     JOIN graphile_worker._private_jobs j ON j.payload ->> 'webhookLogId' = l.id::text
     WHERE l.external_id = ANY ($1)`,
    [idsOf(events)],
  );
  return rows.map(({ id }) => id).sort();
}
const idsOf = (events: readonly AcceptedWebhook[]) => events.map(({ externalId }) => externalId).sort();

/** Has all of these delivered while the database is kept from taking any. */
async function atOnce<T>(deliverAll: () => Promise<T>, meanwhile?: () => Promise<void>): Promise<T> {
  const holder = new Client({ connectionString: app.db.adminUrl });
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE processed_webhook_events');
    const delivered = deliverAll();
    delivered.catch(() => undefined);
    await until(async () => (await blocked()).length > 0);
    await meanwhile?.();
    await holder.query('COMMIT');
    return await delivered;
  } finally {
    await holder.end();
  }
}

async function blocked(): Promise<number[]> {
  const rows = await app.db.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0`,
  );
  return rows.map(({ pid }) => pid);
}

test('deliveries that come while the database is at work are taken in together', async () => {
  const sids = Array.from({ length: 60 }, () => aMessageSid());
  const { authToken } = desk.connection.number;
  const to = { authToken, url: desk.connection.webhookUrl };
  const answers = await atOnce(
    () => Promise.all(sids.map((MessageSid) => deliver(signed(desk.message({ MessageSid }), to)))),
    () => until(() => requests === sids.length),
  );
  expect(answers.map(({ status }) => status)).toEqual(sids.map(() => 200));
  expect(statements.length).toBeLessThan(sids.length / 2);
  expect(statements.reduce((sum, count) => sum + count, 0)).toBe(sids.length);
  const [row] = await app.db.query<{ logs: number; jobs: number }>(
    `SELECT count(DISTINCT l.id)::int AS logs, count(j.id)::int AS jobs FROM webhook_logs l
     JOIN graphile_worker._private_jobs j ON j.payload ->> 'webhookLogId' = l.id::text WHERE external_id = ANY ($1)`,
    [sids],
  );
  expect(row).toEqual({ logs: sids.length, jobs: sids.length });
});

test('what the database refuses spoils nothing of what came with it, and of its own request all', async () => {
  const good = Array.from({ length: 20 }, () => [anEvent()]);
  const mixed = [anEvent(), aRefusedEvent()];
  const all = [...good.slice(0, 10), mixed, [aRefusedEvent()], ...good.slice(10)];
  const results = await atOnce(() => Promise.allSettled(all.map((request) => batches.accept(request))));
  const wanted = all.map((request) => (good.includes(request) ? 'fulfilled' : 'rejected'));
  expect(results.map(({ status }) => status)).toEqual(wanted);
  expect(await takenIn(all.flat())).toEqual(idsOf(good.flat()));
});

test('each request is told of its own events which are new', async () => {
  const [known, twice, fresh] = [anEvent(), anEvent(), anEvent()];
  await batches.accept([known]);
  const told = await atOnce(() =>
    Promise.all([
      batches.accept([twice]),
      batches.accept([again(known), fresh]),
      batches.accept([again(twice)]),
      batches.accept([]),
    ]),
  );
  expect(told).toEqual([[true], [false, true], [false], []]);
  expect(await takenIn([known, twice, fresh])).toEqual(idsOf([known, twice, fresh]));
});

test('the same events in other orders never wait for each other', async () => {
  const intake = app.nest.get(WebhookIntake, { strict: false });
  for (let round = 0; round < 20; round++) {
    const events = Array.from({ length: 10 }, () => anEvent());
    const told = await Promise.all([
      intake.accept(events),
      intake.accept(events.map(again).reverse()),
      intake.accept(events.map(again)),
    ]);
    const [first, reversed, third] = [told[0], told[1].reverse(), told[2]];
    const isNew = events.map((_, i) => [first[i], reversed[i], third[i]].filter(Boolean).length);
    expect(isNew).toEqual(events.map(() => 1));
  }
});

test('what is lost with its connection is refused, none of it is tried alone, and delivered again all are taken in', async () => {
  const events = Array.from({ length: 20 }, () => anEvent());
  const accept = (all: AcceptedWebhook[]) => Promise.allSettled(all.map((event) => batches.accept([event])));
  const killing = async (): Promise<void> => {
    for (const pid of await blocked()) await app.db.query('SELECT pg_terminate_backend($1)', [pid]);
  };
  const results = await atOnce(() => accept(events), killing);
  const lost = results.filter((result) => result.status === 'rejected');
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.filter(({ reason }) => !isUnavailable(reason))).toEqual([]);
  expect(statements.length).toBeLessThan(events.length / 2);
  const later = await accept(events.map(again));
  expect(later.map(({ status }) => status)).toEqual(events.map(() => 'fulfilled'));
  expect(await takenIn(events)).toEqual(idsOf(events));
});
