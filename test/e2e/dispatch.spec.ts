import { AsyncResource } from 'node:async_hooks';
import type { Uuid } from '../../src/common/context';
import { DispatchPlan } from '../../src/modules/conversations/app/dispatch-plan';
import { SendQueue } from '../../src/modules/conversations/app/send-queue';
import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import { aDatabase } from '../support';
import { until } from '../support/until';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
});
beforeEach(async () => {
  business = await aBusiness(place);
});
afterEach(() => {
  place.twilio.faults.clear();
  timing({ freshMs: 5_000, atOnce: 20 });
});
afterAll(() => place.stop());

const timing = (change: Partial<Pick<SendTiming, 'freshMs' | 'atOnce'>>): void => {
  Object.assign(place.app.nest.get(SendTiming, { strict: false }), change);
};

const pace = (sendsPerSecond: number) =>
  business.owner.patch(`/channel-connections/${business.connection.id}`, { sendsPerSecond }).expect(200);

/** Puts bulk messages into a thread, and has them sent. */
async function bulk({ id }: TestConversation, count: number): Promise<void> {
  await place.app.db.query(
    `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, body, author_type, status)
     SELECT org_id, new_uuid_v7(), id, 'outgoing', 'bulk', 'bulk ' || i, 'system', 'queued'
     FROM conversations, generate_series(1, $2::int) i WHERE id = $1`,
    [id, count],
  );
  await dispatch('bulk');
}

const dispatch = (kind: 'bulk' | 'replies') =>
  place.app.database.runInOrg(business.scope, () =>
    place.app.nest.get(SendQueue, { strict: false }).dispatch(business.connection.id, kind),
  );

/** When messages of a business were handed over, in milliseconds. */
async function handedOver(): Promise<number[]> {
  const rows = await place.app.db.query<{ at: Date }>(
    `SELECT attempted_at AS at FROM messages WHERE org_id = $1 AND attempted_at IS NOT NULL ORDER BY attempted_at`,
    [business.orgId],
  );
  return rows.map(({ at }) => at.getTime());
}

async function allSent(): Promise<void> {
  for (let i = 0; i < 600; i++) {
    await place.quiet();
    const [row] = await place.app.db.query<{ left: string }>(
      `SELECT count(*) AS left FROM messages WHERE org_id = $1 AND status IN ('queued', 'sending')`,
      [business.orgId],
    );
    if (row?.left === '0') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('not all was sent');
}

test('no more go out in a second than the pace, after a burst of a quarter', async () => {
  await pace(5);
  const threads = [];
  for (let i = 0; i < 3; i++) threads.push(await aConversation(place, business));
  for (const thread of threads) await bulk(thread, 5);
  await allSent();
  const times = await handedOver();
  expect(times).toHaveLength(15);
  for (let first = 0; first < times.length; first++)
    for (let last = first; last < times.length; last++)
      expect(last - first + 1).toBeLessThanOrEqual(((times[last]! - times[first]! + 1) / 1000) * 5 + 2);
});

test('a reply goes before bulk messages that wait, also those of its own thread', async () => {
  await pace(5);
  const [one, two] = [await aConversation(place, business), await aConversation(place, business)];
  await bulk(one, 8);
  await one.reply('reply one');
  await two.reply('reply two');
  await allSent();
  const order = place.twilio
    .messages({ from: `whatsapp:${business.connection.number.address}` })
    .reverse()
    .map(({ body }) => body);
  expect(order).toHaveLength(10);
  // What was under way when they were written, two at the most, and one slot.
  for (const text of ['reply one', 'reply two']) expect(order.indexOf(text)).toBeLessThanOrEqual(5);
});

test('messages of a thread go in their order, however many jobs are at it', async () => {
  const thread = await aConversation(place, business);
  const texts = Array.from({ length: 20 }, (_, i) => `message ${i}`);
  for (const text of texts) {
    await thread.reply(text);
    await Promise.all([dispatch('bulk'), dispatch('replies')]);
  }
  await allSent();
  expect(thread.customer.read()).toEqual(texts);
});

test('a provider that wants no more of one connection is left alone, and the others go on', async () => {
  Object.assign(place.app.nest.get(SendTiming, { strict: false }), { blockMs: 60_000 });
  try {
    const [thread, waiting] = [await aConversation(place, business), await aConversation(place, business)];
    const other = await aBusiness(place);
    const otherThread = await aConversation(place, other);
    const { accountSid } = business.connection.number;
    place.twilio.faults.add({ kind: 'fail', status: 429, code: 63018, times: 1, accountSid });
    await thread.reply('one');
    await place.quiet();
    await waiting.reply('two');
    await otherThread.reply('elsewhere');
    await place.quiet();
    expect(otherThread.customer.read()).toEqual(['elsewhere']);
    expect([thread.customer.read(), waiting.customer.read()]).toEqual([[], []]);
    const [row] = await place.app.db.query<{ times: number; blocked: boolean }>(
      `SELECT blocked_times AS times, blocked_until > now() AS blocked FROM connection_paces WHERE connection_id = $1`,
      [business.connection.id],
    );
    expect(row).toEqual({ times: 1, blocked: true });

    await place.app.db.query('UPDATE connection_paces SET blocked_until = now() WHERE connection_id = $1', [
      business.connection.id,
    ]);
    await dispatch('replies');
    await place.quiet();
    expect([thread.customer.read(), waiting.customer.read()]).toEqual([['one'], ['two']]);
    const [after] = await place.app.db.query<{ times: number }>(
      'SELECT blocked_times AS times FROM connection_paces WHERE connection_id = $1',
      [business.connection.id],
    );
    expect(after).toEqual({ times: 0 });
  } finally {
    Object.assign(place.app.nest.get(SendTiming, { strict: false }), { blockMs: 0 });
  }
});

test('what was claimed and did not leave in time is given back, and goes with a later claim', async () => {
  timing({ freshMs: 0, atOnce: 1 });
  const threads: TestConversation[] = [];
  for (let i = 0; i < 3; i++) threads.push(await aConversation(place, business));
  const ids: Uuid[] = [];
  place.twilio.faults.add({
    kind: 'delay',
    ms: 200,
    beforeRecording: true,
    accountSid: business.connection.number.accountSid,
  });
  for (const thread of threads) ids.push(await thread.reply('Hi'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  timing({ freshMs: 5_000 });
  await allSent();
  for (const [i, id] of ids.entries()) {
    expect(threads[i]!.customer.read()).toEqual(['Hi']);
    expect(await threads[i]!.message(id)).toMatchObject({ status: 'delivered' });
  }
});

test('a program that stops in order lets what is being sent come to its end', async () => {
  const db = await aDatabase();
  const stopping = await anInstallation({ db });
  try {
    const theirs = await aBusiness(stopping);
    const thread = await aConversation(stopping, theirs);
    stopping.twilio.faults.add({ kind: 'delay', ms: 800, accountSid: theirs.connection.number.accountSid });
    const id = await thread.reply('Goodbye');
    await until(async () => thread.customer.got().length === 1);
    await stopping.app.stop();
    const [row] = await db.query('SELECT status, provider_message_id FROM messages WHERE id = $1', [id]);
    expect(row).toEqual({
      status: expect.not.stringMatching('unknown') as string,
      provider_message_id: thread.customer.got()[0]!.sid,
    });
  } finally {
    await stopping.twilio.close();
    await db.drop();
  }
});

test('a plan that is made at the same time as another does not put off what the other waits for', async () => {
  const [soon, late] = [await aConversation(place, business), await aConversation(place, business)];
  const again = async ({ id }: TestConversation, seconds: number): Promise<void> => {
    await place.app.database.tx.query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, purpose, body, author_type, status, next_attempt_at)
       SELECT org_id, new_uuid_v7(), id, 'outgoing', 'reply', 'again', 'system', 'queued', now() + $2 * interval '1 second'
       FROM conversations WHERE id = $1`,
      [id, seconds],
    );
    await place.app.nest.get(DispatchPlan, { strict: false }).goOn(business.connection.id);
  };
  // Made here, so that what runs in it is in no transaction.
  const beside = new AsyncResource('beside');
  let second = Promise.resolve();
  await place.app.database.runInOrg(business.scope, async () => {
    await again(soon, 600);
    second = beside.runInAsyncScope(() =>
      place.app.database.runInOrg(business.scope, () => again(late, 3_600)),
    );
    await until(async () => {
      const [row] = await place.app.db.query<{ waiting: string }>(
        `SELECT count(*) AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return row?.waiting === '1';
    });
  });
  await second;
  const [job] = await place.app.db.query<{ seconds: number }>(
    'SELECT extract(epoch FROM run_at - now())::int AS seconds FROM graphile_worker._private_jobs WHERE key = $1',
    [`${business.orgId}:wake:later:${business.connection.id}`],
  );
  expect(job?.seconds).toBeLessThanOrEqual(600);
});

test('a pace is 1 to 1,000 a second', async () => {
  const path = `/channel-connections/${business.connection.id}`;
  for (const sendsPerSecond of [0, 1001, 1.5, 'fast'])
    await business.owner.patch(path, { sendsPerSecond }).expect(422);
  expect((await business.owner.get(path).expect(200)).body).toMatchObject({ sendsPerSecond: 80 });
});
