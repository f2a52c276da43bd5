import type { Uuid } from '../../src/common/context';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { signature } from '../../tools/whatsapp-cloud-simulator/signing';
import { anOrganization, as, testApp, type Caller, type TestApp, type TestOrganization } from '../support';
import { aCloud, aCloudConnection, type CloudConnection } from '../support/cloud';
import { deliver } from '../support/webhooks';

let cloud: WhatsappCloudSimulator;
let app: TestApp;
let clinic: TestOrganization;
let owner: Caller;
let desk: CloudConnection;

beforeAll(async () => {
  cloud = await aCloud();
  app = await testApp({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url } });
  clinic = await anOrganization(app);
  owner = as(app, clinic.ownerToken);
  desk = await aCloudConnection(app, cloud, clinic.ownerToken);
});
afterEach(() => cloud.faults.clear());
afterAll(async () => {
  await app.stop();
  await cloud.close();
});

let people = 0;
const aPhone = (): string => `+49151620${++people + 1_000}`;

async function quiet(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await app.settled();
    await cloud.idle();
  }
  await app.settled();
}

const rows = <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  app.db.query(sql, values) as Promise<Row[]>;

type Json = Record<string, unknown>;

/** Posts a change of the field `messages` with these parts, signed. */
async function post(value: Json): Promise<number> {
  const { numberId, accountId, address, appSecret } = desk.number;
  const metadata = { display_phone_number: address.slice(1), phone_number_id: numberId };
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: accountId, changes: [change] }],
  });
  const headers = {
    'Content-Type': 'application/json',
    'X-Hub-Signature-256': signature(appSecret, body),
  };
  const { status } = await deliver({ url: desk.sharedWebhookUrl, headers, body });
  await quiet();
  return status;
}

let ids = 0;
const written = (from: string, more: Json): Json => ({
  id: `wamid.odd${++ids}`,
  from: from.slice(1),
  timestamp: String(Math.floor(Date.now() / 1000)),
  ...more,
});
const text = (from: string, body: string): Json => written(from, { type: 'text', text: { body } });

const threadWith = async (address: string): Promise<Uuid | undefined> => {
  const [row] = await rows<{ id: Uuid }>('SELECT id FROM conversations WHERE contact_address = $1', address);
  return row?.id;
};
const bodies = async (phone: string) =>
  (
    await rows<{ body: string | null }>(
      `SELECT m.body FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE c.contact_address = $1 ORDER BY m.id`,
      phone,
    )
  ).map(({ body }) => body);
const newest = async () => {
  const { body } = await owner.get('/webhook-logs?type=provider_notice').expect(200);
  return (body as { items: { id: Uuid; outcome: string; error: string }[] }).items[0];
};

describe('what nobody wrote', () => {
  test.each<[string, Json]>([
    ['system_message', { type: 'system', system: { body: 'A changed to B', wa_id: '4915112345678' } }],
    ['welcome_request', { type: 'request_welcome' }],
    ['deleted_message', { type: 'revoke', revoke: { original_message_id: 'wamid.x' } }],
    ['removed_reaction', { type: 'reaction', reaction: { message_id: 'wamid.x' } }],
    ['group_message', { type: 'text', text: { body: 'STOP' }, group_id: 'Y2FwaV9ncm91cA' }],
  ])('opens no conversation and is consent to nothing: %s', async (kind, content) => {
    const phone = aPhone();
    expect(await post({ messages: [written(phone, content)] })).toBe(200);
    expect(await threadWith(phone)).toBeUndefined();
    expect(await rows('SELECT id FROM contacts WHERE phone = $1', phone)).toEqual([]);
    expect(await rows('SELECT id FROM consent_events WHERE phone = $1', phone)).toEqual([]);
    const log = await newest();
    expect(log).toMatchObject({ outcome: 'ignored', error: `ignored_${kind}` });
    const { body } = await owner.get(`/webhook-logs/${log?.id}`).expect(200);
    expect(JSON.stringify(body)).not.toMatch(/STOP|changed to B/);
  });
});

describe('what somebody wrote in another way', () => {
  test.each<[string, Json, string | null]>([
    [
      'an edited message, as it is now',
      {
        type: 'edit',
        edit: { original_message_id: 'wamid.x', message: { type: 'text', text: { body: 'At 9' } } },
      },
      'At 9',
    ],
    [
      'an order',
      {
        type: 'order',
        order: {
          catalog_id: '1',
          text: 'Please pack it',
          product_items: [{ product_retailer_id: 'soap-7', quantity: 2, item_price: 3, currency: 'EUR' }],
        },
      },
      'Please pack it\n2 × soap-7',
    ],
    ['a kind that Meta adds later', { type: 'hologram', hologram: { caption: 'Look' } }, 'Look'],
    ['nothing but its kind', { type: '__proto__' }, null],
    [
      'a form',
      { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: { body: 'Sent' } } },
      'Sent',
    ],
    ['a list where an object should be', { type: 'text', text: ['STOP'] }, null],
  ])('%s', async (_what, content, expected) => {
    const phone = aPhone();
    expect(await post({ messages: [written(phone, content)] })).toBe(200);
    expect(await bodies(phone)).toEqual([expected]);
  });

  test('who edits a message to STOP has opted out', async () => {
    const phone = aPhone();
    await post({ messages: [text(phone, 'Hello')] });
    const message = { type: 'text', text: { body: 'Stop' } };
    await post({ messages: [written(phone, { type: 'edit', edit: { message } })] });
    const [line] = await rows(
      'SELECT whatsapp_opted_in AS open FROM phone_number_mappings WHERE phone_number = $1',
      phone,
    );
    expect(line).toEqual({ open: false });
  });
});

test('what cannot be read holds up nothing that came with it', async () => {
  const [first, second] = [aPhone(), aPhone()];
  const unreadable = [
    { id: 7, type: 'text' },
    { id: 'wamid.nobody', type: 'text', text: { body: 'x' } },
    'x',
  ];
  const status = await post({
    messages: [text(first, 'One'), ...unreadable, text(second, 'Two')],
    statuses: [{ id: 'wamid.s', status: 'IN ORBIT' }],
  });
  expect(status).toBe(200);
  expect([await bodies(first), await bodies(second)]).toEqual([['One'], ['Two']]);
  expect(await newest()).toMatchObject({ error: 'ignored_unreadable' });
});

test('without contacts, with numbers as texts and fields that are new, a message is taken', async () => {
  const phone = aPhone();
  const message = { ...text(phone, 'Hi'), timestamp: Date.now() / 1000, new_thing: { of: ['Meta'] } };
  expect(await post({ messages: [message], contacts: 'none', new_list: [1] })).toBe(200);
  expect(await bodies(phone)).toEqual(['Hi']);
});

describe('a person who shows no number', () => {
  const userId = 'DE.13491208655302742002';

  test('is answered by the id that Meta has of them, and what became of it is known', async () => {
    await cloud.receive({ numberId: desk.number.numberId, userId, username: 'dana', text: 'Hello' });
    await quiet();
    const thread = await threadWith(userId);
    const { body } = await owner.post(`/conversations/${thread}/messages`, { text: 'Hi Dana' }).expect(201);
    await quiet();
    const { id } = body as { id: Uuid };
    expect(cloud.messages({ to: userId }).map(({ request }) => request)).toEqual([
      {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        recipient: userId,
        type: 'text',
        text: { preview_url: false, body: 'Hi Dana' },
        biz_opaque_callback_data: id,
      },
    ]);
    expect((await owner.get(`/messages/${id}`).expect(200)).body).toMatchObject({ status: 'delivered' });
  });

  test('is told clearly where a kind of message goes to numbers alone', async () => {
    const thread = await threadWith(userId);
    cloud.faults.add({ kind: 'fail', on: 'create', status: 400, code: 131062, times: 1 });
    const { body } = await owner.post(`/conversations/${thread}/messages`, { text: 'A code' }).expect(201);
    await quiet();
    const { id } = body as { id: Uuid };
    const { body: message } = await owner.get(`/messages/${id}`).expect(200);
    expect(message).toMatchObject({ status: 'failed', errorCode: 'route_not_allowed' });
  });

  test('opts out of everything by a word', async () => {
    await cloud.receive({ numberId: desk.number.numberId, userId, text: 'STOP' });
    await quiet();
    const thread = await threadWith(userId);
    const { body } = await owner.post(`/conversations/${thread}/messages`, { text: 'One more' }).expect(422);
    expect(body).toMatchObject({ code: 'contact_opted_out' });
  });
});

describe('statuses', () => {
  async function sent(): Promise<{ phone: string; id: Uuid; wamid: string }> {
    const phone = aPhone();
    await cloud.receive({ numberId: desk.number.numberId, from: phone, text: 'Hello' });
    await quiet();
    cloud.faults.add({ kind: 'disableCallbacks', times: 1 });
    const thread = await threadWith(phone);
    const { body } = await owner.post(`/conversations/${thread}/messages`, { text: 'Hi' }).expect(201);
    await quiet();
    return { phone, id: (body as { id: Uuid }).id, wamid: cloud.messages({ to: phone }).at(-1)?.id ?? '' };
  }
  const report = (wamid: string, more: Json): Json => ({ id: wamid, timestamp: '1749416383', ...more });
  const message = async (id: Uuid) => (await owner.get(`/messages/${id}`).expect(200)).body as Json;

  test('with several errors: that the person wants no more is not overheard', async () => {
    const { phone, id, wamid } = await sent();
    const errors = [{ code: 999 }, { code: 131026 }, { code: '131050' }];
    await post({ statuses: [report(wamid, { status: 'failed', errors })] });
    expect(await message(id)).toMatchObject({ status: 'failed', errorCode: 'opted_out_marketing' });
    const entries = await rows(
      `SELECT purpose, action FROM consent_events WHERE phone = $1 AND source = 'provider_error'`,
      phone,
    );
    expect(entries).toEqual([{ purpose: 'marketing', action: 'opt_out' }]);
  });

  test('out of order, of kinds that are new, and of payments: the message only moves forward', async () => {
    const { id, wamid } = await sent();
    await post({ statuses: [report(wamid, { status: 'read' })] });
    await post({
      statuses: [
        report(wamid, { status: 'sent' }),
        report(wamid, { status: 'delivered' }),
        report(wamid, { status: 'evaporated' }),
        report(wamid, { status: 'failed', type: 'payment', payment: { reference_id: '1' } }),
        report(wamid, { status: 'failed', errors: [] }),
      ],
    });
    expect(await message(id)).toMatchObject({ status: 'read', errorCode: null });
    expect(await newest()).toMatchObject({ error: 'ignored_payment_status' });
  });

  test('of a message that is none of ours change nothing', async () => {
    expect(await post({ statuses: [report('wamid.unknown', { status: 'delivered' })] })).toBe(200);
  });
});

test('a person who was written to often enough holds up nobody else', async () => {
  const [first, second] = [aPhone(), aPhone()];
  for (const from of [first, second])
    await cloud.receive({ numberId: desk.number.numberId, from, text: 'Hello' });
  await quiet();
  cloud.faults.add({ kind: 'fail', on: 'create', status: 400, code: 131056, to: first.slice(1), times: 1 });
  await owner.post(`/conversations/${await threadWith(first)}/messages`, { text: 'Again' }).expect(201);
  await app.settled();
  const [pace] = await rows<{ n: number }>(
    'SELECT count(*)::int AS n FROM connection_paces WHERE connection_id = $1 AND blocked_times > 0',
    desk.id,
  );
  expect(pace).toEqual({ n: 0 });
  await owner.post(`/conversations/${await threadWith(second)}/messages`, { text: 'Hi' }).expect(201);
  await quiet();
  expect(cloud.messages({ to: second })).toHaveLength(1);
});
