import type { Uuid } from '../../src/common/context';
import { SendTiming } from '../../src/modules/conversations/app/send-timing';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { anOrganization, as, testApp, type Caller, type TestApp, type TestOrganization } from '../support';
import {
  aCloud,
  aCloudConnection,
  aCloudNumber,
  cloudNumberBody,
  type CloudConnection,
  type CloudNumber,
} from '../support/cloud';

let cloud: WhatsappCloudSimulator;
let app: TestApp;
let clinic: TestOrganization;
let owner: Caller;
let desk: CloudConnection;

beforeAll(async () => {
  cloud = await aCloud();
  app = await testApp({ env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url, WHATSAPP_CLOUD_TIMEOUT_MS: '2000' } });
  Object.assign(app.nest.get(SendTiming, { strict: false }), { retryMs: 0, blockMs: 0, lookMs: [0, 0] });
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
const aPhone = (): string => `+49151600${++people + 1_000}`;

/** Waits until everything that was set off has happened. */
async function quiet(): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await app.settled();
    await cloud.idle();
  }
  await app.settled();
}

const rows = <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> =>
  app.db.query(sql, values) as Promise<Row[]>;

/** Has a person write, and finds what came of it. */
async function aThread(phone = aPhone(), text = 'Is Friday free?'): Promise<Uuid> {
  await cloud.receive({ numberId: desk.number.numberId, from: phone, text, profileName: 'Dana' });
  await quiet();
  const [row] = await rows<{ id: Uuid }>(
    'SELECT id FROM conversations WHERE org_id = $1 AND contact_address = $2',
    clinic.orgId,
    phone,
  );
  if (!row) throw new Error('nothing came of what the customer wrote');
  return row.id;
}

async function reply(thread: Uuid, text: string): Promise<Uuid> {
  const { body } = await owner.post(`/conversations/${thread}/messages`, { text }).expect(201);
  return (body as { id: Uuid }).id;
}

const message = async (id: Uuid) => (await owner.get(`/messages/${id}`).expect(200)).body as object;

describe('connecting a number', () => {
  const connect = (number: CloudNumber, change: object = {}) =>
    owner.post('/channel-connections', { ...cloudNumberBody(number), ...change });

  test('takes its number and the end of the token from Meta, and gives nothing away', async () => {
    const number = aCloudNumber(cloud);
    const end = new Date('2031-05-01T00:00:00.000Z');
    cloud.addAccount({ id: number.accountId, tokenExpiresAt: end });
    const { body, text } = await connect(number).expect(201);
    expect(body).toMatchObject({
      provider: 'whatsapp_cloud',
      channel: 'whatsapp',
      address: number.address,
      accountId: number.accountId,
      numberId: number.numberId,
      credentialsExpireAt: end.toISOString(),
      webhookUrl: `${app.url}/api/v1/channels/whatsapp-cloud/webhook/${(body as { id: string }).id}`,
    });
    expect(text + app.logs.join('')).not.toContain(number.appSecret);
    expect(text + app.logs.join('')).not.toContain(number.accessToken);
  });

  test.each<[string, (number: CloudNumber) => object, RegExp]>([
    ['another secret', () => ({ appSecret: '0'.repeat(32) }), /secret is not its own/],
    ['another app', () => ({ appId: '1234' }), /no such app/],
    ['a token that is none', () => ({ accessToken: 'EAAnothing-at-all-of-a-token' }), /token is not valid/],
    ["another account's number", () => ({ phoneNumberId: aCloudNumber(cloud).numberId }), /no number/],
    ['another account', () => ({ businessAccountId: aCloudNumber(cloud).accountId }), /this account/],
  ])('refuses %s, and says which it is', async (_what, change, detail) => {
    const number = aCloudNumber(cloud);
    const { body } = await connect(number, change(number)).expect(422);
    expect(body).toMatchObject({
      code: 'credentials_rejected',
      detail: expect.stringMatching(detail) as string,
    });
  });

  test('says by field what is missing', async () => {
    const { body } = await owner
      .post('/channel-connections', { provider: 'whatsapp_cloud', channel: 'whatsapp', friendlyName: 'Desk' })
      .expect(422);
    const fields = (body as { errors: { field: string }[] }).errors.map(({ field }) => field);
    expect(fields.sort()).toEqual([
      'accessToken',
      'appId',
      'appSecret',
      'businessAccountId',
      'phoneNumberId',
    ]);
  });

  test('is done once in the whole installation', async () => {
    const stranger = as(app, (await anOrganization(app)).ownerToken);
    const { body } = await stranger.post('/channel-connections', cloudNumberBody(desk.number)).expect(409);
    expect(body).toMatchObject({ code: 'number_already_connected' });
  });

  test('changes nothing while Meta does not answer', async () => {
    const number = aCloudNumber(cloud);
    cloud.faults.add({ kind: 'dropBefore', on: 'read', times: 1 });
    expect((await connect(number).expect(503)).body).toMatchObject({ code: 'provider_unavailable' });
    await connect(number).expect(201);
  });

  test('replaces the token, and keeps what is not given', async () => {
    const connection = await aCloudConnection(app, cloud, clinic.ownerToken);
    const accessToken = `EAA${'ab'.repeat(20)}`;
    const rotate = (secrets: object) =>
      owner.post(`/channel-connections/${connection.id}/rotate-token`, secrets);
    expect((await rotate({ accessToken }).expect(422)).body).toMatchObject({ code: 'credentials_rejected' });
    cloud.addAccount({ id: connection.number.accountId, accessToken });
    await rotate({ accessToken }).expect(200);
    await owner.post(`/channel-connections/${connection.id}/verify`).expect(200);
    expect((await rotate({ accessToken, authToken: 'f'.repeat(32) }).expect(422)).body).toMatchObject({
      code: 'secrets_of_other_provider',
      errors: [{ field: 'authToken' }],
    });
  });
});

describe('the handshake', () => {
  const ask = (url: string, query: Record<string, string>) =>
    fetch(`${url}?${new URLSearchParams(query).toString()}`);

  test('answers the challenge to who knows the token', async () => {
    expect(await cloud.handshake(desk.webhookUrl, desk.verifyToken)).toBe(true);
    expect(await cloud.handshake(desk.sharedWebhookUrl, desk.verifyToken)).toBe(true);
    const answer = await ask(desk.webhookUrl, {
      'hub.mode': 'subscribe',
      'hub.verify_token': desk.verifyToken,
      'hub.challenge': '1158201444',
    });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test('refuses every other token', async () => {
    const other = await aCloudConnection(app, cloud, (await anOrganization(app)).ownerToken);
    expect(await cloud.handshake(desk.webhookUrl, other.verifyToken)).toBe(false);
    expect(await cloud.handshake(desk.sharedWebhookUrl, `${desk.verifyToken}x`)).toBe(false);
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'x', 'hub.challenge': '1' };
    expect((await ask(desk.webhookUrl, query)).status).toBe(404);
    expect((await ask(desk.webhookUrl, { ...query, 'hub.mode': 'unsubscribe' })).status).toBe(422);
    expect((await ask(desk.webhookUrl, { ...query, 'hub.challenge': '<b>' + ' </b>' })).status).toBe(422);
  });

  test('shows the token to those who manage connections, and notes it', async () => {
    const uses = await rows<{ purpose: string }>(
      `SELECT new_values->>'purpose' AS purpose FROM audit_logs
       WHERE event_type = 'channels.credential-use' AND record_id = $1 ORDER BY created_at`,
      desk.id,
    );
    expect(uses.map(({ purpose }) => purpose).slice(0, 2)).toEqual(['connect', 'set_up']);
  });
});

describe('a conversation', () => {
  test('goes both ways, and every status is recorded', async () => {
    const phone = aPhone();
    const thread = await aThread(phone);
    const [contact] = await rows<object>('SELECT name, phone FROM contacts WHERE phone = $1', phone);
    expect(contact).toEqual({ name: 'Dana', phone });
    const id = await reply(thread, 'Yes, at 12:30 – see you “there”.');
    await quiet();
    const [sent, ...others] = cloud.messages({ to: phone });
    expect(others).toEqual([]);
    expect(sent?.request).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: phone,
      type: 'text',
      text: { preview_url: false, body: 'Yes, at 12:30 – see you “there”.' },
      biz_opaque_callback_data: id,
    });
    expect(await message(id)).toMatchObject({ status: 'delivered', providerMessageId: sent?.id });
  });

  test.each<[string, object, string | null]>([
    ['a tapped button', { type: 'button', button: { text: 'Yes', payload: 'y' } }, 'Yes'],
    [
      'a choice of a list',
      { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: '1', title: 'Friday' } } },
      'Friday',
    ],
    ['a reaction', { type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }, '👍'],
    [
      'a place',
      { type: 'location', location: { latitude: 48.1, longitude: 11.5, name: 'Home' } },
      'Home\n48.1, 11.5',
    ],
    ['what WhatsApp does not pass on', { type: 'unsupported', errors: [{ code: 131051 }] }, null],
  ])('takes %s', async (_what, content, text) => {
    const phone = aPhone();
    await cloud.receive({
      numberId: desk.number.numberId,
      from: phone,
      content: content as Record<string, unknown>,
    });
    await quiet();
    const [stored] = await rows<object>(
      `SELECT m.body FROM messages m JOIN conversations c ON c.id = m.conversation_id
       WHERE c.contact_address = $1 AND m.direction = 'incoming'`,
      phone,
    );
    expect(stored).toEqual({ body: text });
  });

  test('knows a person who shows no number by the id that Meta gives', async () => {
    const userId = 'DE.13491208655302741918';
    await cloud.deliver(cloud.signedInbound({ numberId: desk.number.numberId, userId }));
    await quiet();
    const [thread] = await rows<object>(
      'SELECT contact_address FROM conversations WHERE contact_address = $1',
      userId,
    );
    expect(thread).toEqual({ contact_address: userId });
  });

  test('opts out by a word', async () => {
    const phone = aPhone();
    await aThread(phone, 'STOP');
    const [line] = await rows<object>(
      'SELECT whatsapp_opted_in AS open FROM phone_number_mappings WHERE phone_number = $1',
      phone,
    );
    expect(line).toEqual({ open: false });
  });
});

describe('one request', () => {
  test('tells of several numbers, of two organizations: each gets its own, once', async () => {
    const salon = await anOrganization(app);
    const second = cloud.addAccount({ appId: desk.number.appId, appSecret: desk.number.appSecret });
    const other = await aCloudConnection(
      app,
      cloud,
      salon.ownerToken,
      aCloudNumber(cloud, { accountId: second.id }),
    );
    const phone = aPhone();
    const request = cloud.signedInbound(
      { numberId: desk.number.numberId, from: phone, text: 'one' },
      { numberId: desk.number.numberId, from: phone, text: 'two' },
      { numberId: other.number.numberId, from: phone, text: 'three' },
    );
    for (let times = 0; times < 2; times++)
      expect(await cloud.deliver(request)).toMatchObject({ delivered: true });
    await quiet();
    const stored = await rows<object>(
      `SELECT m.org_id, m.body FROM messages m JOIN conversations c ON c.org_id = m.org_id AND c.id = m.conversation_id
       WHERE c.contact_address = $1 ORDER BY m.body`,
      phone,
    );
    expect(stored).toEqual([
      { org_id: clinic.orgId, body: 'one' },
      { org_id: salon.orgId, body: 'three' },
      { org_id: clinic.orgId, body: 'two' },
    ]);
    const logged = await rows<object>(
      `SELECT org_id, count(*)::int AS n, count(*) FILTER (WHERE error_message = 'duplicate')::int AS duplicates
       FROM webhook_logs WHERE payload->>'from' = $1 GROUP BY org_id ORDER BY n`,
      phone.slice(1),
    );
    expect(logged).toEqual([
      { org_id: salon.orgId, n: 2, duplicates: 1 },
      { org_id: clinic.orgId, n: 4, duplicates: 2 },
    ]);
  });

  test('that concerns nobody here is answered, and nothing comes of it', async () => {
    const count = async () =>
      (await rows<{ n: number }>('SELECT count(*)::int AS n FROM webhook_logs'))[0]?.n;
    const before = await count();
    const account = {
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'flows' }] }],
    };
    const answer = await fetch(desk.sharedWebhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    expect(answer.status).toBe(200);
    expect(await count()).toBe(before);
  });
});

describe('what became of a message', () => {
  test('is told by a status where the answer was lost: it is sent once', async () => {
    const phone = aPhone();
    const thread = await aThread(phone);
    cloud.faults.add({ kind: 'drop', on: 'create', times: 1 });
    const id = await reply(thread, 'Once');
    await quiet();
    expect(cloud.messages({ to: phone })).toHaveLength(1);
    expect(await message(id)).toMatchObject({ status: 'delivered' });
  });

  test('is not known as long as no status comes, and then it is', async () => {
    const phone = aPhone();
    const thread = await aThread(phone);
    cloud.faults.add({ kind: 'drop', on: 'create', times: 1 });
    cloud.faults.add({ kind: 'disableCallbacks', times: 1 });
    const id = await reply(thread, 'Perhaps');
    await quiet();
    expect(await message(id)).toMatchObject({ status: 'unknown', errorCode: null });
    const [sent] = cloud.messages({ to: phone });
    await cloud.reportStatuses({ id: sent?.id ?? '', status: 'read' });
    await quiet();
    expect(await message(id)).toMatchObject({ status: 'read', providerMessageId: sent?.id });
  });

  test.each([
    [131047, 'outside_window'],
    [131026, 'invalid_number'],
    [131049, 'filtered'],
    [131048, 'try_later'],
    [131042, 'provider_131042'],
  ])('error %d of a status is %s', async (errorCode, expected) => {
    const phone = aPhone();
    const thread = await aThread(phone);
    cloud.faults.add({ kind: 'failDelivery', errorCode, times: 1 });
    const id = await reply(thread, 'Will not arrive');
    await quiet();
    expect(await message(id)).toMatchObject({ status: 'failed', errorCode: expected });
  });

  test('error 131050 is an opt-out of marketing, and of nothing else', async () => {
    const phone = aPhone();
    const thread = await aThread(phone);
    cloud.faults.add({ kind: 'failDelivery', errorCode: 131050, times: 1 });
    await reply(thread, 'An offer');
    await quiet();
    const ledger = await rows<object>(
      `SELECT purpose, action, source FROM consent_events WHERE phone = $1 AND source = 'provider_error'`,
      phone,
    );
    expect(ledger).toEqual([{ purpose: 'marketing', action: 'opt_out', source: 'provider_error' }]);
    await reply(thread, 'Your appointment');
  });

  test('is tried again where Meta wants no more at the moment', async () => {
    const phone = aPhone();
    const thread = await aThread(phone);
    cloud.faults.add({ kind: 'fail', on: 'create', status: 429, code: 130429, times: 1 });
    const id = await reply(thread, 'A little later');
    await quiet();
    expect(cloud.messages({ to: phone })).toHaveLength(1);
    expect(await message(id)).toMatchObject({ status: 'delivered' });
  });
});
