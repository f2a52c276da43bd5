import { newId, type Uuid } from '../../src/common/context';
import { ConversationsRepository } from '../../src/modules/conversations/db/conversations.repository';
import { aPng, as, aMember, anApiKey } from '../support';
import {
  aBusiness,
  aConversation,
  aCustomer,
  anInstallation,
  type TestBusiness,
  type TestConversation,
  type TestInstallation,
} from '../support/business';

let place: TestInstallation;
let business: TestBusiness;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
});
afterEach(() => {
  place.twilio.faults.clear();
});
afterAll(() => place.stop());

interface Item {
  id: Uuid;
}
interface Page {
  items: Item[];
  nextCursor: string | null;
}

const read = async (path: string) => (await business.owner.get(path).expect(200)).body;
const messagesOf = async (id: Uuid): Promise<Record<string, unknown>[]> =>
  (await business.owner.get(`/conversations/${id}/messages`).expect(200)).body.items;

/** Reads all pages; `between` runs after each. */
async function allPages(
  path: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<Uuid[]> {
  const ids: Uuid[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page = (
      await business.owner.get(`${path}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`).expect(200)
    ).body;
    ids.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor;
    await between();
  }
  return ids;
}

describe('the first conversation', () => {
  test('a customer writes, a member answers, the answer is delivered and read', async () => {
    const customer = aCustomer(place, business);
    const { delivered } = await customer.writes('Is Friday free?', { profileName: 'Ada' });
    expect(delivered).toBe(true);
    await place.quiet();

    const [conversation] = (await read('/conversations?limit=1')).items;
    expect(conversation).toMatchObject({
      status: 'open',
      answeredBy: 'human',
      assigneeId: null,
      contact: { name: 'Ada', phone: customer.phone },
      connection: { id: business.connection.id, address: business.connection.number.address, isActive: true },
      lastMessage: { direction: 'incoming', status: 'received', preview: 'Is Friday free?' },
      cannotReplyBecause: null,
    });
    const windowMs = Date.parse(conversation.sessionWindowEndsAt) - Date.parse(conversation.lastMessageAt);
    expect(windowMs).toBe(24 * 60 * 60 * 1000);

    const text = 'It is. Shall I book it?';
    const path = `/conversations/${conversation.id}/messages`;
    const { body: sent } = await business.owner.post(path, { text }).expect(201);
    expect(sent).toMatchObject({
      conversationId: conversation.id,
      direction: 'outgoing',
      purpose: 'reply',
      status: 'queued',
      errorCode: null,
      text,
      media: [],
      author: { type: 'user', id: business.ownerId },
      providerMessageId: null,
    });
    await place.quiet();

    expect(customer.read()).toEqual([text]);
    const [message] = customer.got();
    expect(await read(`/messages/${sent.id}`)).toMatchObject({
      status: 'delivered',
      providerMessageId: message!.sid,
    });
    await place.twilio.reportStatus(message!.sid, 'read');
    await place.quiet();
    expect(await read(`/messages/${sent.id}`)).toMatchObject({ status: 'read', errorCode: null });

    const said = await messagesOf(conversation.id);
    expect(said.map(({ direction, text: t }) => [direction, t])).toEqual([
      ['outgoing', text],
      ['incoming', 'Is Friday free?'],
    ]);
    expect(said[1]).toMatchObject({ status: 'received', author: { type: 'contact' } });
    expect(await read(`/conversations/${conversation.id}`)).toMatchObject({
      lastMessage: { id: sent.id, direction: 'outgoing', status: 'read', preview: text },
    });
  });

  test('someone who shows no number can be answered', async () => {
    const from = 'whatsapp:US.13491208655302741918';
    const to = `whatsapp:${business.connection.number.address}`;
    await place.twilio.receive({ from, to, body: 'Hi' });
    await place.quiet();
    const [conversation] = (await read('/conversations?limit=1')).items;
    expect(conversation).toMatchObject({ contact: { phone: null }, cannotReplyBecause: null });
    const path = `/conversations/${conversation.id}/messages`;
    const { body } = await business.owner.post(path, { text: 'Hello you' }).expect(201);
    await place.quiet();
    expect(await read(`/messages/${body.id}`)).toMatchObject({ status: 'delivered' });
    expect(place.twilio.messages({ to: from })).toHaveLength(1);
  });

  test('a file without a text is a message, too', async () => {
    const customer = aCustomer(place, business);
    await customer.writes('', { media: [{ content: aPng(), contentType: 'image/png' }] });
    await place.quiet();
    const [conversation] = (await read('/conversations?limit=1')).items;
    expect(conversation).toMatchObject({ lastMessage: { preview: null } });
    expect(await messagesOf(conversation.id)).toMatchObject([
      { text: null, media: [{ contentType: 'image/png', status: 'stored' }] },
    ]);
  });
});

describe('what a customer writes', () => {
  test('many first messages at once make one conversation, each stored once', async () => {
    const customer = aCustomer(place, business);
    const texts = Array.from({ length: 8 }, (_, i) => `message ${i}`);
    await Promise.all(texts.map((text) => customer.writes(text)));
    await place.quiet();
    const conversations = await place.app.db.query<{
      id: Uuid;
      last_message_id: Uuid;
      last_message_at: Date;
    }>('SELECT id, last_message_id, last_message_at FROM conversations WHERE contact_address = $1', [
      customer.phone,
    ]);
    expect(conversations).toHaveLength(1);
    const said = await messagesOf(conversations[0]!.id);
    expect(said.map(({ text }) => text).sort()).toEqual(texts);
    expect(said[0]).toMatchObject({
      id: conversations[0]!.last_message_id,
      createdAt: conversations[0]!.last_message_at.toISOString(),
    });
  });

  test('two first messages that look for the conversation in the same instant find the same one', async () => {
    const contactId = newId();
    await place.app.db.query('INSERT INTO contacts (org_id, id, name) VALUES ($1, $2, $3)', [
      business.orgId,
      contactId,
      'Ada',
    ]);
    const threads = place.app.nest.get(ConversationsRepository, { strict: false });
    const where = {
      contactId,
      connectionId: business.connection.id,
      contactAddress: '+4915112345678',
      at: new Date(),
    };
    const find = () =>
      place.app.database.runInOrg(business.scope, async () => {
        const { id } = await threads.lockOrCreate(where);
        // Long enough for the other one to have looked, too, before this one is there for all.
        await new Promise((resolve) => setTimeout(resolve, 200));
        return id;
      });
    const [first, second] = await Promise.all([find(), find()]);
    expect(first).toBe(second);
  });

  test('a delivery that comes twice is stored once', async () => {
    const customer = aCustomer(place, business);
    const { messageSid } = await customer.writes('Once');
    await customer.writes('Once', { messageSid });
    await place.quiet();
    const stored = await place.app.db.query('SELECT id FROM messages WHERE provider_message_id = $1', [
      messageSid,
    ]);
    expect(stored).toHaveLength(1);
  });

  test.each([
    ['resolved', 'open'],
    ['snoozed', 'open'],
    ['pending', 'pending'],
  ])('finds a %s conversation and leaves it %s', async (before, after) => {
    const { id, customer } = await aConversation(place, business);
    await place.app.db.query('UPDATE conversations SET status = $2 WHERE id = $1', [id, before]);
    await customer.writes('One more thing');
    await place.quiet();
    expect(await read(`/conversations/${id}`)).toMatchObject({
      status: after,
      lastMessage: { preview: 'One more thing' },
    });
  });

  test('an older message that is stored later moves neither the newest message nor the window back', async () => {
    const { id } = await aConversation(place, business);
    const before = await read(`/conversations/${id}`);
    const at = new Date('2020-01-01T00:00:00.000Z');
    const threads = place.app.nest.get(ConversationsRepository, { strict: false });
    const [row] = await place.app.db.query<{ contact_address: string }>(
      'SELECT contact_address FROM conversations WHERE id = $1',
      [id],
    );
    await place.app.database.runInOrg(business.scope, () =>
      threads.noteIncoming(
        { conversationId: id, messageId: newId(), at },
        { contactAddress: row!.contact_address, businessAddress: '+15005550006' },
        at,
      ),
    );
    expect(await read(`/conversations/${id}`)).toEqual(before);
  });

  test('over a number that was removed meanwhile is kept, and cannot be answered', async () => {
    const other = await aBusiness(place);
    const { id } = await aConversation(place, other);
    await other.owner.delete(`/channel-connections/${other.connection.id}`).expect(204);
    const { body } = await other.owner.get(`/conversations/${id}`).expect(200);
    expect(body).toMatchObject({ connection: null, cannotReplyBecause: 'connection_gone' });
    const { body: refused } = await other.owner
      .post(`/conversations/${id}/messages`, { text: 'Hi' })
      .expect(409);
    expect(refused).toMatchObject({ code: 'connection_gone' });
  });
});

describe('consent words', () => {
  test.each([
    ['stop', 'opt_out', 'You will get no more messages from us. Reply START to hear from us again.'],
    ['HELP', 'help', 'A member of our team will answer you here. Reply STOP to get no more messages.'],
    [
      'Start',
      'opt_in',
      'You are subscribed again. Reply STOP at any time to get no more messages, HELP for help.',
    ],
  ])('%s (%s) is stored and answered once', async (word, _, answer) => {
    const { id, customer } = await aConversation(place, business);
    const { messageSid } = await customer.writes(word);
    await customer.writes(word, { messageSid });
    await place.quiet();
    expect(customer.read()).toEqual([answer]);
    const [reply, incoming] = await messagesOf(id);
    expect(incoming).toMatchObject({ text: word });
    expect(reply).toMatchObject({
      purpose: 'consent_reply',
      status: 'delivered',
      inReplyTo: incoming!['id'],
      author: { type: 'system', id: null },
    });
  });

  test('after STOP nobody can write until START; HELP is not answered in between', async () => {
    const { id, customer } = await aConversation(place, business);
    await customer.writes('STOP');
    await customer.writes('HELP');
    await place.quiet();
    expect(await read(`/conversations/${id}`)).toMatchObject({ cannotReplyBecause: 'opted_out' });
    const { body } = await business.owner
      .post(`/conversations/${id}/messages`, { text: 'But why?' })
      .expect(422);
    expect(body).toMatchObject({ code: 'contact_opted_out' });
    await place.quiet();
    expect(customer.read()).toHaveLength(1);

    await customer.writes('START');
    await place.quiet();
    expect(await read(`/conversations/${id}`)).toMatchObject({ cannotReplyBecause: null });
    await business.owner.post(`/conversations/${id}/messages`, { text: 'Welcome back' }).expect(201);
    await place.quiet();
    expect(customer.read().slice(1)).toEqual([expect.stringContaining('subscribed again'), 'Welcome back']);
  });

  test.each([
    ['suspended', true, 'number_suspended', 'number_suspended'],
    ['active', false, 'opted_out', 'contact_opted_out'],
  ])('a number that is %s, opted in %s: read and refused alike', async (status, optedIn, because, code) => {
    const { id, customer } = await aConversation(place, business);
    await place.app.db.query(
      'UPDATE phone_number_mappings SET status = $2, whatsapp_opted_in = $3 WHERE phone_number = $1',
      [customer.phone, status, optedIn],
    );
    expect(await read(`/conversations/${id}`)).toMatchObject({ cannotReplyBecause: because });
    const { body } = await business.owner.post(`/conversations/${id}/messages`, { text: 'Hi' }).expect(422);
    expect(body).toMatchObject({ code });
  });

  test('that the provider answered itself are not answered again', async () => {
    const { id, customer } = await aConversation(place, business);
    await customer.writes('STOP', { optOutType: 'STOP' });
    await place.quiet();
    expect(customer.read()).toEqual([]);
    expect(await read(`/conversations/${id}`)).toMatchObject({ cannotReplyBecause: 'opted_out' });
  });
});

describe('lists', () => {
  let ours: TestBusiness;
  let conversations: TestConversation[];

  beforeAll(async () => {
    ours = await aBusiness(place);
    conversations = [];
    for (let i = 0; i < 5; i++) conversations.push(await aConversation(place, ours));
  });

  const idsOf = async (query: string): Promise<Uuid[]> =>
    ((await ours.owner.get(`/conversations?${query}`).expect(200)).body as Page).items.map((item) => item.id);

  test('conversations are found by status, assignee, connection and contact', async () => {
    const [first, second] = conversations;
    await place.app.db.query(`UPDATE conversations SET status = 'pending', assignee_id = $2 WHERE id = $1`, [
      first!.id,
      ours.ownerId,
    ]);
    const newestFirst = conversations.map(({ id }) => id).reverse();
    expect(await idsOf('')).toEqual(newestFirst);
    expect(await idsOf('status=pending')).toEqual([first!.id]);
    expect(await idsOf('status=open')).toEqual(newestFirst.filter((id) => id !== first!.id));
    expect(await idsOf(`assigneeId=${ours.ownerId}`)).toEqual([first!.id]);
    expect(await idsOf(`connectionId=${ours.connection.id}`)).toEqual(newestFirst);
    expect(await idsOf(`connectionId=${business.connection.id}`)).toEqual([]);
    const { body } = await ours.owner.get(`/conversations/${second!.id}`).expect(200);
    expect(await idsOf(`contactId=${(body as { contact: Item }).contact.id}&status=open`)).toEqual([
      second!.id,
    ]);
  });

  test('pages of messages have no gap and no repetition while more is said', async () => {
    const conversation = await aConversation(place, business);
    for (let i = 0; i < 6; i++) await conversation.reply(`message ${i}`);
    const before = (await messagesOf(conversation.id)).map((message) => message['id']);
    let count = 0;
    const paged = await allPages(`/conversations/${conversation.id}/messages?limit=2`, () =>
      conversation.reply(`meanwhile ${++count}`),
    );
    expect(paged).toEqual(before);
    await place.quiet();
  });

  test('pages of messages made in the same instant have no gap and no repetition', async () => {
    const conversation = await aConversation(place, business);
    await place.app.db.query(
      `INSERT INTO messages (org_id, id, conversation_id, direction, author_type, status, created_at)
       SELECT $1, gen_random_uuid(), $2, 'incoming', 'contact', 'received',
         now() + interval '1 microsecond' * (i / 3) FROM generate_series(1, 9) i`,
      [business.orgId, conversation.id],
    );
    const paged = await allPages(`/conversations/${conversation.id}/messages?limit=2`);
    expect(paged).toHaveLength(10);
    expect(new Set(paged).size).toBe(10);
  });

  test('pages of conversations have no gap and no repetition while new ones begin', async () => {
    const stranger = await aBusiness(place);
    const made: Uuid[] = [];
    for (let i = 0; i < 4; i++) made.push((await aConversation(place, stranger)).id);
    const ids: Uuid[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const { body } = await stranger.owner.get(`/conversations?limit=1${query}`).expect(200);
      ids.push(...(body as Page).items.map((item) => item.id));
      cursor = (body as Page).nextCursor;
      if (ids.length < 3) await aConversation(place, stranger);
    }
    expect(ids).toEqual(made.reverse());
  });

  test('a cursor belongs to its list, filter and organization', async () => {
    const { body } = await ours.owner.get('/conversations?limit=1').expect(200);
    const cursor = encodeURIComponent((body as Page).nextCursor!);
    await ours.owner.get(`/conversations?limit=1&cursor=${cursor}`).expect(200);
    for (const [caller, path] of [
      [ours.owner, '/conversations?status=open'],
      [ours.owner, `/conversations/${conversations[0]!.id}/messages?limit=1`],
      [business.owner, '/conversations?limit=1'],
    ] as const) {
      const answer = await caller.get(`${path}&cursor=${cursor}`).expect(400);
      expect(answer.body).toMatchObject({ code: 'bad_cursor' });
    }
  });
});

describe('who may what', () => {
  test('viewers read, agents answer, keys do what their scopes say', async () => {
    const { id } = await aConversation(place, business);
    const path = `/conversations/${id}/messages`;
    const viewer = as(place.app, (await aMember(place.app, business.orgId, 'viewer')).token);
    await viewer.get('/conversations').expect(200);
    await viewer.get(path).expect(200);
    await viewer.post(path, { text: 'Hi' }).expect(403);

    const { userId, token } = await aMember(place.app, business.orgId, 'agent');
    const { body } = await as(place.app, token).post(path, { text: 'Hi' }).expect(201);
    expect(body).toMatchObject({ author: { type: 'user', id: userId } });

    const reads = as(place.app, await anApiKey(place.app, business.orgId, ['conversations.read']));
    await reads.get(path).expect(200);
    await reads.post(path, { text: 'Hi' }).expect(403);
    const sends = as(place.app, await anApiKey(place.app, business.orgId, ['messages.send']));
    await sends.get(path).expect(403);
    const { body: byKey } = await sends.post(path, { text: 'Hi' }).expect(201);
    expect(byKey).toMatchObject({ author: { type: 'api_key', id: expect.any(String) } });
    await place.app.http().get(`/api/v1${path}`).expect(401);
    await place.quiet();
  });

  test('what belongs to others is answered like what does not exist', async () => {
    const { id, reply } = await aConversation(place, business);
    const message = await reply('Hi');
    const stranger = (await aBusiness(place)).owner;
    for (const [conversationId, messageId] of [
      [id, message],
      [newId(), newId()],
      ['1', '1'],
    ] as const) {
      await stranger.get(`/conversations/${conversationId}`).expect(404);
      await stranger.get(`/conversations/${conversationId}/messages`).expect(404);
      await stranger.post(`/conversations/${conversationId}/messages`, { text: 'Hi' }).expect(404);
      await stranger.get(`/messages/${messageId}`).expect(404);
    }
    expect((await stranger.get('/conversations').expect(200)).body).toEqual({ items: [], nextCursor: null });
    await place.quiet();
  });
});

describe('bad input', () => {
  test.each([
    [{}, 'text', 'required'],
    [{ text: 7 }, 'text', 'isString'],
    [{ text: ' ' }, 'text', 'blank'],
    [{ text: 'a\0' }, 'text', 'text'],
    [{ text: 'x'.repeat(1601) }, 'text', 'too_long'],
    [{ text: 'Hi', author: 'me' }, 'author', 'whitelistValidation'],
  ])('is told by field (%#)', async (body, field, code) => {
    const { id } = await aConversation(place, business);
    const answer = await business.owner.post(`/conversations/${id}/messages`, body).expect(422);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field, code })]);
  });

  test.each([
    ['status=lost', 'status'],
    ['assigneeId=me', 'assigneeId'],
    ['connectionId=1', 'connectionId'],
    ['contactId=1', 'contactId'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['nonsense=1', 'nonsense'],
  ])('%s is told by field', async (query, field) => {
    const answer = await business.owner.get(`/conversations?${query}`).expect(422);
    expect(answer.body.errors[0]).toMatchObject({ field });
  });
});

describe('the same request twice', () => {
  test('with one Idempotency-Key is one message', async () => {
    const { id, customer } = await aConversation(place, business);
    const post = () =>
      business.owner
        .post(`/conversations/${id}/messages`, { text: 'Only once' })
        .set('idempotency-key', 'k-1');
    const answers = await Promise.all([post(), post(), post()]);
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => ![201, 409].includes(status))).toEqual([]);
    const again = await post().expect(201);
    expect(again.body).toEqual(made[0]!.body);
    await place.quiet();
    expect(customer.read()).toEqual(['Only once']);
  });

  test('without one, or with two, are two messages; another text with the same key is refused', async () => {
    const { id, customer } = await aConversation(place, business);
    const post = (text: string, key: string) =>
      business.owner.post(`/conversations/${id}/messages`, { text }).set('idempotency-key', key);
    await post('Hi', 'a').expect(201);
    await post('Hi', 'b').expect(201);
    expect((await post('Ho', 'a').expect(422)).body).toMatchObject({ code: 'idempotency_key_reused' });
    await place.quiet();
    expect(customer.read()).toEqual(['Hi', 'Hi']);
  });
});
