import { Injectable } from '@nestjs/common';
import { systemScope, type Uuid } from '../../src/common/context';
import { Subscribe, type ListensTo } from '../../src/common/events';
import { SessionWindowClosing } from '../../src/modules/conversations';
import { WarnClosingWindows } from '../../src/modules/conversations/app/warn-closing-windows.job';
import { ClosingWindows } from '../../src/modules/conversations/db/closing-windows.repository';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

const told: SessionWindowClosing['payload'][] = [];

@Injectable()
@Subscribe(SessionWindowClosing, 'test.hear-of-closing-windows')
class Listener implements ListensTo<SessionWindowClosing> {
  async handle({ payload }: SessionWindowClosing): Promise<void> {
    told.push(payload);
  }
}

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation({ providers: [Listener] });
  business = await aBusiness(place);
});
beforeEach(async () => {
  // Nothing that another test left closes now.
  await place.app.db.query('UPDATE conversations SET session_window_ends_at = NULL');
  told.length = 0;
});
afterAll(() => place.stop());

/** Has the window of a thread end in so many minutes: everything in it was said that much earlier. */
async function closingIn(minutes: number, { id }: Pick<TestConversation, 'id'>): Promise<void> {
  const ago = `now() - interval '24 hours' + $2 * interval '1 minute'`;
  await place.app.db.query(
    `UPDATE conversations SET session_window_ends_at = ${ago} + interval '24 hours', last_inbound_at = ${ago} WHERE id = $1`,
    [id, minutes],
  );
  await place.app.db.query(
    `UPDATE messages SET created_at = ${ago} - CASE direction WHEN 'incoming' THEN 0 ELSE -1 END * interval '1 second'
     WHERE conversation_id = $1`,
    [id, minutes],
  );
}
async function run(): Promise<void> {
  await place.app.nest.get(WarnClosingWindows, { strict: false }).run();
  await place.quiet();
}
const set = (id: Uuid, column: string, value: string) =>
  place.app.db.query(`UPDATE conversations SET ${column} = $2 WHERE id = $1`, [id, value]);
const ids = () => told.map(({ conversationId }) => conversationId);

test('tells of a window that closes within the hour while the customer waits, once', async () => {
  const conversation = await aConversation(place, business);
  await closingIn(59, conversation);
  await run();
  const [row] = await place.app.db.query<{ contact_id: Uuid; ends: Date; warned: Date }>(
    `SELECT contact_id, session_window_ends_at AS ends, window_warned_at AS warned FROM conversations WHERE id = $1`,
    [conversation.id],
  );
  expect(told).toMatchObject([
    {
      orgId: business.orgId,
      conversationId: conversation.id,
      contactId: row!.contact_id,
      endsAt: row!.ends.toISOString(),
    },
  ]);
  expect(row!.warned).toEqual(row!.ends);
  await run();
  await run();
  expect(told).toHaveLength(1);
});

test.each([
  ['in more than an hour', 62],
  ['already', -1],
])('does not tell of one that closes %s', async (_, minutes) => {
  await closingIn(minutes, await aConversation(place, business));
  await run();
  expect(told).toEqual([]);
});

test('does not tell of one that was answered, and does when the answer failed', async () => {
  const conversation = await aConversation(place, business);
  const id = await conversation.reply('At ten.');
  await place.quiet();
  await closingIn(30, conversation);
  await run();
  expect(told).toEqual([]);
  await place.app.db.query(`UPDATE messages SET status = 'failed' WHERE id = $1`, [id]);
  await run();
  expect(ids()).toEqual([conversation.id]);
});

test('a message to many is no answer', async () => {
  const conversation = await aConversation(place, business);
  const id = await conversation.reply('Ten percent off.');
  await place.quiet();
  await place.app.db.query(`UPDATE messages SET purpose = 'bulk' WHERE id = $1`, [id]);
  await closingIn(30, conversation);
  await run();
  expect(ids()).toEqual([conversation.id]);
});

test('does not tell of threads that are done or put off, and tells of pending ones', async () => {
  for (const status of ['resolved', 'snoozed', 'pending']) {
    const conversation = await aConversation(place, business);
    await set(conversation.id, 'status', status);
    await closingIn(30, conversation);
    told.length = 0;
    await run();
    expect(ids()).toEqual(status === 'pending' ? [conversation.id] : []);
  }
});

test('a customer who writes again opens a window of which it is told again', async () => {
  const conversation = await aConversation(place, business);
  await closingIn(30, conversation);
  await run();
  await conversation.customer.writes('Hello?');
  await place.quiet();
  await run();
  expect(told).toHaveLength(1);
  await closingIn(45, conversation);
  await run();
  expect(ids()).toEqual([conversation.id, conversation.id]);
});

test('a text message has no window', async () => {
  const [texted, other] = [await aBusiness(place), await aConversation(place, business)];
  const conversation = await aConversation(place, texted);
  await place.app.db.query(`UPDATE channel_connections SET channel = 'sms' WHERE id = $1`, [
    texted.connection.id,
  ]);
  await closingIn(30, conversation);
  await closingIn(30, other);
  await run();
  expect(ids()).toEqual([other.id]);
});

test('many workers at once tell once of each, in every organization', async () => {
  const threads = [];
  for (const one of [business, await aBusiness(place)])
    for (let n = 0; n < 3; n++) threads.push(await aConversation(place, one));
  for (const thread of threads) await closingIn(30, thread);
  const job = place.app.nest.get(WarnClosingWindows, { strict: false });
  await Promise.all(Array.from({ length: 4 }, () => job.run()));
  await place.quiet();
  expect(ids().toSorted()).toEqual(threads.map(({ id }) => id).toSorted());
});

test('pages hold every window once, also where many close at the same time', async () => {
  const threads = [];
  for (let n = 0; n < 5; n++) threads.push(await aConversation(place, business));
  // So far off that the schedule does not come in between.
  const end = new Date(Date.now() + 10 * 86_400_000);
  for (const { id } of threads)
    await place.app.db.query('UPDATE conversations SET session_window_ends_at = $2 WHERE id = $1', [id, end]);
  const windows = place.app.nest.get(ClosingWindows, { strict: false });
  const [now, until] = [new Date(end.getTime() - 1000), end];
  const seen: Uuid[] = [];
  for (let page = await windows.page(now, until, undefined, 2); page.length > 0;) {
    seen.push(...page.map(({ id }) => id));
    page = await windows.page(now, until, page.at(-1), 2);
  }
  expect(seen).toEqual(threads.map(({ id }) => id).toSorted());
});

test('a request cannot ask for the windows of all', async () => {
  const call = () =>
    place.app.database.tx.query(`SELECT find_closing_windows(now(), now(), now(), $1, $1, 1)`, [
      business.orgId,
    ]);
  const request = { ...systemScope(business.orgId), pool: 'app' as const };
  await expect(place.app.database.runInOrg(request, call)).rejects.toThrow(/permission denied/);
});
