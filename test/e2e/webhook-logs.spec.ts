import { newId } from '../../src/common/context';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { aMember, anApiKey, as, testApp, type Caller, type TestApp } from '../support';
import { anOperator } from '../support/operator';
import { aTwilio } from '../support/twilio';
import { aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

interface Health {
  readonly from: string;
  readonly overall: Record<string, unknown>;
  readonly bySourceAndType: Record<string, unknown>[];
}

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
    connectionId: desk.connection.id,
    method: 'POST',
    signatureVerified: true,
    verdict: null,
    outcome: 'processed',
    status: 'processed',
    responseStatus: 200,
    error: null,
    retryCount: 0,
    receivedAt: expect.any(String),
    processingStartedAt: expect.any(String),
    processingCompletedAt: expect.any(String),
    processingDurationMs: expect.any(Number),
    replayCount: 0,
    replayedAt: null,
    replayedBy: null,
    ipAddress: '127.0.0.1',
  });
  expect(JSON.stringify(items)).not.toContain('secret plans');
});

test('filters by what it is, what became of it, whose it is, and time', async () => {
  expect((await list('?status=failed')).items).toMatchObject([
    { error: 'webhook_signature_invalid', verdict: 'webhook_signature_invalid', outcome: 'refused' },
  ]);
  for (const refused of ['verdict=webhook_signature_invalid', 'responseStatus=403'])
    expect((await list(`?${refused}`)).items).toMatchObject([{ signatureVerified: false }]);
  expect((await list('?verdict=ambiguous_webhook')).items).toEqual([]);
  expect((await list('?responseStatus=200')).items).toHaveLength(7);
  expect((await list(`?externalId=${fields['MessageSid']}`)).items).toHaveLength(1);
  expect((await list('?source=twilio_whatsapp')).items).toHaveLength(8);
  expect((await list('?source=twilio_sms')).items).toEqual([]);
  expect((await list(`?connectionId=${desk.connection.id}`)).items).toHaveLength(8);
  expect((await list(`?connectionId=${other.connection.id}`)).items).toEqual([]);
  expect((await list('?replayed=true')).items).toEqual([]);
  expect((await list('?replayed=false')).items).toHaveLength(8);
  expect((await list('?type=message_status')).items).toHaveLength(1);
  expect((await list('?verified=false')).items).toHaveLength(1);
  expect((await list('?verified=true')).items).toHaveLength(7);
  const [newest] = (await list('?limit=1')).items;
  const at = encodeURIComponent(String(newest?.['receivedAt']));
  expect((await list(`?from=${at}`)).items.length).toBeGreaterThanOrEqual(1);
  expect((await list(`?to=${at}`)).items.map(({ id }) => id)).not.toContain(newest?.['id']);
  expect((await list('?to=2020-01-01T00:00:00Z')).items).toEqual([]);
});

test.each([
  ...['status=done', 'type=x', 'verified=maybe', 'from=yesterday', 'limit=0', 'limit=201', 'orgId=1'],
  ...[
    'from=2026-01-05T00:00:00',
    'source=x',
    'verdict=x',
    'responseStatus=ok',
    'connectionId=x',
    'replayed=1',
  ],
])('refuses %s', async (query) => {
  const { body } = await owner.get(`/webhook-logs?${query}`).expect(422);
  expect(body.code).toBe('validation_failed');
});

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

describe('health', () => {
  const health = async (query = '', caller = owner, path = '/webhook-logs/health') => {
    const { body } = await caller.get(path + query).expect(200);
    return body as Health;
  };
  const figures = { waiting: 0, failed: 0, observed: 0, duplicates: 0 };

  it('tells how deliveries of a period fared, by source and type', async () => {
    await post(desk, fields);
    const { overall, bySourceAndType } = await health();
    expect(overall).toMatchObject({
      ...{ ...figures, total: 9, verified: 8, processed: 7, refused: 1, duplicates: 1 },
      ...{ meanDurationMs: expect.any(Number), p95DurationMs: expect.any(Number) },
    });
    expect(bySourceAndType).toMatchObject([
      { source: 'twilio_whatsapp', type: 'message_inbound', total: 8, processed: 6, refused: 1 },
      { source: 'twilio_whatsapp', type: 'message_status', total: 1, processed: 1, refused: 0 },
    ]);
    await app.db.query('DELETE FROM webhook_logs WHERE error_message = $1', ['duplicate']);
  });

  it('takes mean and p95 of how long it took', async () => {
    await app.db.query(
      `INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, url, method, headers, payload, signature_verified,
         processing_status, response_status, received_at, processing_duration_ms)
       SELECT gen_random_uuid(), $1, 'twilio_voice', 'call_inbound', '/', 'POST', '{}', '{}', true, 'processed', 200,
         now() - interval '1 hour', i FROM generate_series(1, 101) i`,
      [desk.orgId],
    );
    const { bySourceAndType } = await health();
    expect(bySourceAndType.find(({ source }) => source === 'twilio_voice')).toMatchObject({
      total: 101,
      meanDurationMs: 51,
      p95DurationMs: 96,
    });
    await app.db.query(`DELETE FROM webhook_logs WHERE webhook_source = 'twilio_voice'`);
  });

  it('is of the own organization, and of a period that has its bounds', async () => {
    expect((await health('', as(app, other.ownerToken))).overall).toMatchObject({ total: 1, refused: 0 });
    const past = await health('?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z');
    expect(past).toMatchObject({
      from: '2026-01-01T00:00:00.000Z',
      overall: { total: 0 },
      bySourceAndType: [],
    });
    expect(past.overall.meanDurationMs).toBeNull();
    for (const period of [
      'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:01Z',
      'from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z',
    ]) {
      const { body } = await owner.get(`/webhook-logs/health?${period}`).expect(422);
      expect(body.code).toBe('period_invalid');
    }
    await owner.get('/webhook-logs/health?from=2026-01-01').expect(422);
    await as(app, (await aMember(app, desk.orgId, 'agent')).token)
      .get('/webhook-logs/health')
      .expect(403);
  });

  it('is told the operator of the installation, or of one organization', async () => {
    const { caller } = await anOperator(app);
    const path = '/platform/webhook-logs/health';
    expect((await health('', caller, path)).overall).toMatchObject({ ...figures, total: 9, refused: 1 });
    const { overall } = await health(`?organizationId=${other.orgId}`, caller, path);
    expect(overall).toMatchObject({ total: 1, processed: 1 });
    await owner.get(path).expect(403);
  });
});

describe('the operator', () => {
  const platform = async (query = '') => {
    const { caller } = await anOperator(app);
    const { body } = await caller.get(`/platform/webhook-logs${query}`).expect(200);
    return body as Awaited<ReturnType<typeof list>>;
  };

  it('sees deliveries of all organizations, and those of nobody, and nothing of anybody', async () => {
    const nobodys = desk.message({ To: 'whatsapp:+14155550199' });
    await deliver(signed(nobodys, { authToken: 'x', url: `${app.url}/api/v1/channels/whatsapp/webhook` }));
    const { items } = await platform();
    expect(items).toHaveLength(10);
    expect(items[0]).toMatchObject({
      organizationId: null,
      connectionId: null,
      number: null,
      outcome: 'refused',
    });
    const mine = items.find(({ externalId }) => fields['MessageSid']!.endsWith(String(externalId).slice(1)));
    const { address } = desk.connection.number;
    expect(mine).toEqual({
      ...{ id: expect.any(String), organizationId: desk.orgId, connectionId: desk.connection.id },
      ...{
        number: `${address.slice(0, 3)}…${address.slice(-2)}`,
        externalId: `…${fields['MessageSid']!.slice(-6)}`,
      },
      ...{
        source: 'twilio_whatsapp',
        type: 'message_inbound',
        method: 'POST',
        signatureVerified: true,
        verdict: null,
      },
      ...{ outcome: 'processed', status: 'processed', responseStatus: 200, error: null, retryCount: 0 },
      ...{ receivedAt: expect.any(String), processingStartedAt: expect.any(String) },
      ...{ processingCompletedAt: expect.any(String), processingDurationMs: expect.any(Number) },
      ...{ replayCount: 0, replayedAt: null },
    });
    const text = JSON.stringify(items);
    for (const secret of [
      'secret plans',
      fields['From']!.slice(9),
      address,
      fields['MessageSid']!,
      '127.0.0.1',
    ])
      expect(text).not.toContain(secret);
  });

  it('filters, and pages through', async () => {
    expect((await platform(`?organizationId=${other.orgId}`)).items).toHaveLength(1);
    expect((await platform(`?externalId=${fields['MessageSid']}`)).items).toHaveLength(1);
    expect((await platform(`?connectionId=${desk.connection.id}`)).items).toHaveLength(8);
    expect((await platform('?verified=false')).items).toHaveLength(2);
    expect((await platform('?verdict=webhook_not_connected')).items).toHaveLength(1);
    expect((await platform('?responseStatus=403&status=failed&replayed=false')).items).toHaveLength(1);
    expect((await platform('?source=twilio_whatsapp&type=message_status')).items).toHaveLength(1);
    const first = await platform('?limit=6');
    const second = await platform(`?limit=6&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(10);
    expect(second.nextCursor).toBeNull();
    const { caller } = await anOperator(app);
    const long = 'from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z';
    expect((await caller.get(`/platform/webhook-logs?${long}`).expect(422)).body.code).toBe('period_invalid');
  });

  it('is somebody of the organization that operates the installation', async () => {
    await owner.get('/platform/webhook-logs').expect(403);
    await app.http().get('/api/v1/platform/webhook-logs').expect(401);
  });
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
