import fc from 'fast-check';
import { newId, type Uuid } from '../../src/common/context';
import {
  aBusiness,
  aConversation,
  anInstallation,
  type TestBusiness,
  type TestInstallation,
} from '../support/business';
import { deliver, signed } from '../support/webhooks';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
  // Callbacks come from here.
  place.twilio.configure({ callbacks: false });
});
afterAll(() => place.stop());

interface Told {
  id: string;
  status: string;
  source: string;
  errorCode: string | null;
  providerMessageId: string;
  occurredAt: string;
}

async function eventsOf(id: Uuid, query = ''): Promise<{ items: Told[]; nextCursor: string | null }> {
  const { body } = await business.owner.get(`/messages/${id}/status-events${query}`).expect(200);
  return body as { items: Told[]; nextCursor: string | null };
}

/** A message that the provider took, and of which it told nothing further yet. */
async function aSentMessage() {
  const conversation = await aConversation(place, business);
  const id = await conversation.reply('At ten.');
  await place.quiet();
  const { providerMessageId: sid, status } = await conversation.message(id);
  expect(status).toBe('sending');
  return { id, sid: String(sid), conversation };
}

/** Posts a signed callback, as the provider does. */
async function callback(sid: string, status: string, to: string, messageId?: Uuid): Promise<void> {
  const { accountSid, authToken, address } = business.connection.number;
  const failed = status === 'failed' || status === 'undelivered';
  const fields = {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    MessageSid: sid,
    SmsSid: sid,
    SmsStatus: status,
    MessageStatus: status,
    From: `whatsapp:${address}`,
    To: `whatsapp:${to}`,
    ...(failed ? { ErrorCode: status === 'failed' ? '63024' : '30008' } : {}),
  };
  const url = `${business.connection.webhookUrl}${messageId ? `?message=${messageId}` : ''}`;
  const { status: answer } = await deliver(signed(fields, { authToken, url }));
  expect(answer).toBe(200);
}

/** From least to most, as the README of conversations has it. */
const ORDER = ['queued', 'sending', 'sent', 'canceled', 'undelivered', 'failed', 'delivered', 'read'];
const shown = (status: string) => (status === 'queued' ? 'sending' : status);

test('callbacks in any order, repeated and at the same time, end in the same state, and each is kept once', async () => {
  const course = fc.tuple(
    fc.shuffledSubarray(ORDER, { minLength: 1, maxLength: 6 }),
    fc.infiniteStream(fc.nat({ max: 5 })),
    fc.integer({ min: 0, max: 6 }),
  );
  for (const [order, repeats, more] of fc.sample(course, { numRuns: 12, seed: 22 })) {
    const { id, sid, conversation } = await aSentMessage();
    const again = [...repeats.take(more)].map((at) => order[at % order.length]!);
    const all = [...order, ...again];
    // Two at a time: the order in which they are sent is not that in which they are worked off.
    for (let at = 0; at < all.length; at += 2)
      await Promise.all(
        all.slice(at, at + 2).map((status) => callback(sid, status, conversation.customer.phone, id)),
      );
    await place.quiet();
    const highest = ORDER.findLast((status) => order.includes(status))!;
    const message = await conversation.message(id);
    expect([order, message['status']]).toEqual([order, shown(highest)]);
    const failed = highest === 'failed' || highest === 'undelivered';
    expect(message['errorCode'] !== null).toBe(failed);
    const { items } = await eventsOf(id);
    expect(items.filter(({ source }) => source === 'answer')).toHaveLength(1);
    const told = items.filter(({ source }) => source === 'callback').map(({ status }) => status);
    expect(told.toSorted()).toEqual(order.toSorted());
  }
});

test('what was told is listed oldest first, in pages, with its source', async () => {
  const { id, sid, conversation } = await aSentMessage();
  for (const status of ['sent', 'delivered', 'sending', 'read']) {
    await callback(sid, status, conversation.customer.phone, id);
    await place.quiet();
  }
  const { items, nextCursor } = await eventsOf(id);
  expect(nextCursor).toBeNull();
  expect(items.map(({ status, source }) => [status, source])).toEqual([
    ['queued', 'answer'],
    ['sent', 'callback'],
    ['delivered', 'callback'],
    ['sending', 'callback'],
    ['read', 'callback'],
  ]);
  expect(new Set(items.map(({ providerMessageId }) => providerMessageId))).toEqual(new Set([sid]));
  const paged: Told[] = [];
  let cursor: string | null = null;
  do {
    const page = await eventsOf(id, `?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    paged.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  expect(paged).toEqual(items);
});

test('a failure is told with its reason in our words', async () => {
  const { id, sid, conversation } = await aSentMessage();
  await callback(sid, 'undelivered', conversation.customer.phone, id);
  await place.quiet();
  const { items } = await eventsOf(id);
  const { errorCode } = await conversation.message(id);
  expect(errorCode).not.toBeNull();
  expect(items.at(-1)).toMatchObject({ status: 'undelivered', errorCode });
});

test('a message that the provider was asked for has an event of that look', async () => {
  const conversation = await aConversation(place, business);
  place.twilio.faults.add({
    kind: 'drop',
    times: 1,
    accountSid: business.connection.number.accountSid,
  });
  const id = await conversation.reply('Did you get that?');
  await place.quiet();
  place.twilio.faults.clear();
  await place.quiet();
  const { items } = await eventsOf(id);
  expect(items.map(({ source }) => source)).toEqual(['look_up']);
});

test('a message of which nothing was told has none; one that is not there is not found', async () => {
  const conversation = await aConversation(place, business);
  const [{ id } = { id: newId() }] = await place.app.db.query<{ id: Uuid }>(
    'SELECT id FROM messages WHERE conversation_id = $1',
    [conversation.id],
  );
  expect(await eventsOf(id)).toEqual({ items: [], nextCursor: null });
  await business.owner.get(`/messages/${newId()}/status-events`).expect(404);
});

test('nothing of it is changed or taken away, except with its message', async () => {
  const { id } = await aSentMessage();
  for (const sql of [
    `UPDATE message_status_events SET status = 'read' WHERE message_id = $1`,
    'DELETE FROM message_status_events WHERE message_id = $1',
  ])
    await expect(place.app.db.query(sql, [id])).rejects.toThrow(/append-only/);
  // Nor by a table of the same name that makes its message seem gone.
  const hidden = `CREATE TEMP TABLE messages (org_id uuid, id uuid) ON COMMIT DROP;
    DELETE FROM message_status_events WHERE message_id = '${id}'`;
  await expect(place.app.db.query(hidden)).rejects.toThrow(/append-only/);
  const [row] = await place.app.db.query<{ contact_id: Uuid }>(
    'SELECT c.contact_id FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE m.id = $1',
    [id],
  );
  await business.owner.post(`/contacts/${row!.contact_id}/erase`, { reason: 'requested' });
  await place.quiet();
  const left = await place.app.db.query('SELECT 1 FROM message_status_events WHERE message_id = $1', [id]);
  expect(left).toEqual([]);
});
