import { newId } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { aMember, anApiKey, as, testApp, type Caller, type TestApp } from '../support';
import { aTwilio } from '../support/twilio';
import { aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

let app: TestApp;
let twilio: TwilioSimulator;
let desk: TestDesk;
let other: TestDesk;
let owner: Caller;
let fields: Record<string, string>;

beforeAll(async () => {
  twilio = await aTwilio();
  app = await testApp({ env: { TWILIO_API_BASE_URL: twilio.url } });
  desk = await aDesk(app, twilio);
  other = await aDesk(app, twilio);
  owner = as(app, desk.ownerToken);
  fields = desk.message({ Body: 'secret plans' });
  await post(desk, fields);
  for (let i = 0; i < 5; i++) await post(desk, desk.message());
  await post(desk, desk.status());
  await post(desk, desk.message(), '0'.repeat(32));
  await post(other, other.message());
  await app.settled();
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
});

const post = (
  { connection }: TestDesk,
  delivery: Record<string, string>,
  authToken = connection.number.authToken,
) => deliver(signed(delivery, { authToken, url: connection.webhookUrl }));
const list = async (query = '', caller = owner) => {
  const { body } = await caller.get(`/webhook-logs${query}`).expect(200);
  return body as { items: Record<string, unknown>[]; nextCursor: string | null };
};

test('lists what was delivered to the own organization, newest first, without its content', async () => {
  const { items, nextCursor } = await list();
  expect(items).toHaveLength(8);
  expect(nextCursor).toBeNull();
  const times = items.map(({ receivedAt }) => String(receivedAt));
  expect(times).toEqual([...times].sort().reverse());
  expect(items.at(-1)).toEqual({
    id: expect.any(String),
    source: 'twilio_whatsapp',
    type: 'message_inbound',
    externalId: fields['MessageSid'],
    method: 'POST',
    signatureVerified: true,
    status: 'processed',
    responseStatus: 200,
    error: null,
    retryCount: 0,
    receivedAt: expect.any(String),
    processingStartedAt: expect.any(String),
    processingCompletedAt: expect.any(String),
    processingDurationMs: expect.any(Number),
    ipAddress: '127.0.0.1',
  });
  expect(JSON.stringify(items)).not.toContain('secret plans');
});

test('filters by status, type, signature and time', async () => {
  expect((await list('?status=failed')).items).toMatchObject([{ error: 'webhook_signature_invalid' }]);
  expect((await list('?type=message_status')).items).toHaveLength(1);
  expect((await list('?verified=false')).items).toHaveLength(1);
  expect((await list('?verified=true')).items).toHaveLength(7);
  const [newest] = (await list('?limit=1')).items;
  const at = encodeURIComponent(String(newest?.['receivedAt']));
  expect((await list(`?from=${at}`)).items.length).toBeGreaterThanOrEqual(1);
  expect((await list(`?to=${at}`)).items.map(({ id }) => id)).not.toContain(newest?.['id']);
  expect((await list('?to=2020-01-01T00:00:00Z')).items).toEqual([]);
});

test.each(['status=done', 'type=x', 'verified=maybe', 'from=yesterday', 'limit=0', 'limit=201', 'orgId=1'])(
  'refuses %s',
  async (query) => {
    const { body } = await owner.get(`/webhook-logs?${query}`).expect(422);
    expect(body.code).toBe('validation_failed');
  },
);

test('pages through, each row once, by a cursor that fits nothing else', async () => {
  const seen: unknown[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(`?limit=3${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual((await list()).items.map(({ id }) => id));
  const { nextCursor } = await list('?limit=3');
  await owner.get(`/webhook-logs?limit=3&status=processed&cursor=${nextCursor}`).expect(400);
  await as(app, other.ownerToken).get(`/webhook-logs?cursor=${nextCursor}`).expect(400);
});

test('one delivery shows what was delivered', async () => {
  const id = (await list()).items.at(-1)?.['id'];
  const { body } = await owner.get(`/webhook-logs/${String(id)}`).expect(200);
  expect(body).toMatchObject({ id, url: desk.connection.webhookUrl, payload: fields });
  expect(body.headers).toMatchObject({ 'user-agent': 'TwilioProxy/1.1' });
  expect(JSON.stringify(body).toLowerCase()).not.toContain('signature":"');
});

test("another organization's delivery and an absent one are the same 404", async () => {
  const id = (await list()).items[0]?.['id'];
  const foreign = await as(app, other.ownerToken)
    .get(`/webhook-logs/${String(id)}`)
    .expect(404);
  const absent = await as(app, other.ownerToken).get(`/webhook-logs/${newId()}`).expect(404);
  expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  expect((await list('', as(app, other.ownerToken))).items).toHaveLength(1);
});

test('is for owners, admins and keys with the scope', async () => {
  for (const [role, status] of [
    ['admin', 200],
    ['agent', 403],
    ['viewer', 403],
  ] as const) {
    const { token } = await aMember(app, desk.orgId, role);
    await as(app, token).get('/webhook-logs').expect(status);
  }
  const key = await anApiKey(app, desk.orgId, ['webhook_logs.read']);
  await as(app, key).get('/webhook-logs').expect(200);
  await as(app, await anApiKey(app, desk.orgId, ['contacts.read']))
    .get('/webhook-logs')
    .expect(403);
  await app.http().get('/api/v1/webhook-logs').expect(401);
});
