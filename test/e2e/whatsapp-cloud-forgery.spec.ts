import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { SignedRequest, WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { signature } from '../../tools/whatsapp-cloud-simulator/signing';
import { anOrganization, testApp, type TestApp, type TestOrganization } from '../support';
import { aCloud, aCloudConnection, aCloudNumber, type CloudConnection } from '../support/cloud';
import { deliver as post, type WebhookAnswer } from '../support/webhooks';

let cloud: WhatsappCloudSimulator;
let app: TestApp;
let clinic: TestOrganization;
let salon: TestOrganization;
let desk: CloudConnection;
let strangers: CloudConnection;

beforeAll(async () => {
  cloud = await aCloud();
  app = await testApp({
    env: { WHATSAPP_CLOUD_API_BASE_URL: cloud.url, ROLE: 'api', TRUST_PROXY_HOPS: '1' },
  });
  clinic = await anOrganization(app);
  salon = await anOrganization(app);
  desk = await aCloudConnection(app, cloud, clinic.ownerToken);
  strangers = await aCloudConnection(app, cloud, salon.ownerToken);
});
afterAll(async () => {
  await app.stop();
  await cloud.close();
});

let sender = '';
let senders = 0;
// Refused deliveries are logged within an allowance of an address: another for each test.
beforeEach(async () => {
  await app.db.query('DELETE FROM webhook_logs');
  await app.db.query('DELETE FROM processed_webhook_events');
  await app.db.query('DELETE FROM graphile_worker._private_jobs');
  sender = `192.0.2.${++senders}`;
});

const CUSTOMER = '+4915112345678';
const genuine = (text = 'Is Friday free?'): SignedRequest =>
  cloud.signedInbound({ numberId: desk.number.numberId, from: CUSTOMER, text });
const deliver = (request: SignedRequest): Promise<WebhookAnswer> =>
  post({ ...request, headers: { 'X-Forwarded-For': sender, ...request.headers } });
const withHeader = (request: SignedRequest, value: string | undefined): SignedRequest => {
  const { 'X-Hub-Signature-256': _, ...headers } = request.headers;
  return {
    ...request,
    headers: value === undefined ? headers : { ...headers, 'X-Hub-Signature-256': value },
  };
};
const resigned = (request: SignedRequest, body: string): SignedRequest =>
  withHeader({ ...request, body }, signature(desk.number.appSecret, body));
const logs = () =>
  app.db.query(
    `SELECT signature_verified AS verified, response_status AS status, error_message AS reason, org_id
     FROM webhook_logs ORDER BY received_at, id`,
  );
const effects = async () => {
  const [row] = await app.db.query(
    `SELECT (SELECT count(*) FROM processed_webhook_events)::int AS events,
       (SELECT count(*) FROM graphile_worker._private_jobs)::int AS jobs`,
  );
  return row;
};
const NONE = { events: 0, jobs: 0 };

/** The answer to a forgery, and what it leaves behind: one row, unverified. */
async function expectForged(answer: WebhookAnswer): Promise<void> {
  expect(answer).toMatchObject({ status: 403, code: 'webhook_signature_invalid' });
  expect(await effects()).toEqual(NONE);
  expect(await logs()).toEqual([
    { verified: false, status: 403, reason: 'webhook_signature_invalid', org_id: clinic.orgId },
  ]);
}

test('the genuine one is taken: what follows fails for its own reason', async () => {
  expect((await deliver(genuine('Grüße 🌷'))).status).toBe(200);
  expect(await effects()).toEqual({ events: 1, jobs: 1 });
});

test('a changed text', async () => {
  const request = genuine();
  await expectForged(await deliver({ ...request, body: request.body.replace('Friday', 'Monday') }));
});

test('the same JSON, written otherwise', async () => {
  const request = genuine('Grüße');
  await expectForged(await deliver({ ...request, body: JSON.stringify(JSON.parse(request.body)) }));
});

test('a byte more', async () => {
  const request = genuine();
  await expectForged(await deliver({ ...request, body: `${request.body}\n` }));
});

test.each<[string, (body: string) => string | undefined]>([
  ['none', () => undefined],
  ['empty', () => ''],
  ["another app's", (body) => signature(strangers.number.appSecret, body)],
  ['by an empty secret', (body) => signature('', body)],
  ['by the token', (body) => signature(desk.number.accessToken, body)],
  ['by the token of the handshake', (body) => signature(desk.verifyToken, body)],
  ['truncated', (body) => signature(desk.number.appSecret, body).slice(0, -2)],
  ['of the digest in base64', (body) => `sha256=${digest('sha256', body, 'base64')}`],
  ['SHA-1 under its own name', (body) => `sha1=${digest('sha1', body)}`],
  ['SHA-1 under the name of SHA-256', (body) => `sha256=${digest('sha1', body)}`],
  ['without its name', (body) => digest('sha256', body)],
])('a signature: %s', async (_what, forge) => {
  const request = genuine();
  await expectForged(await deliver(withHeader(request, forge(request.body))));
});

test('a signature of the old kind alone, as Meta sends it beside the other', async () => {
  const { headers, ...request } = withHeader(genuine(), undefined);
  const old = `sha1=${digest('sha1', request.body)}`;
  await expectForged(await deliver({ ...request, headers: { ...headers, 'X-Hub-Signature': old } }));
});

test("a number of another organization, by the secret of one's own", async () => {
  const { body, ...request } = cloud.signedInbound({ numberId: strangers.number.numberId, from: CUSTOMER });
  const answer = await deliver(resigned({ ...request, body }, body));
  expect(answer).toMatchObject({ status: 403, code: 'webhook_signature_invalid' });
  expect(await effects()).toEqual(NONE);
  expect(await logs()).toMatchObject([{ verified: false, org_id: salon.orgId }]);
});

test("of several events in one request those alone are taken that one's own secret signs", async () => {
  const mine = JSON.parse(genuine().body) as { entry: object[] };
  const theirs = JSON.parse(
    cloud.signedInbound({ numberId: strangers.number.numberId, from: CUSTOMER }).body,
  ) as { entry: object[] };
  const both = JSON.stringify({ ...mine, entry: [...mine.entry, ...theirs.entry] });
  const answer = await deliver(resigned(genuine(), both));
  expect(await effects()).toEqual({ events: 1, jobs: 1 });
  // So that Meta delivers again: what a wrong secret kept out would be lost, and what was taken in is a duplicate then.
  expect(answer).toMatchObject({ status: 403, code: 'webhook_signature_invalid' });
  expect(await logs()).toEqual(
    expect.arrayContaining([
      { verified: false, status: 403, reason: 'webhook_signature_invalid', org_id: salon.orgId },
      { verified: true, status: 200, reason: null, org_id: clinic.orgId },
    ]),
  );
});

test('a number under the account of another', async () => {
  const request = genuine();
  const body = request.body.replace(desk.number.accountId, strangers.number.accountId);
  const answer = await deliver(resigned(request, body));
  expect(answer).toMatchObject({ status: 404, code: 'webhook_not_connected' });
  expect(await effects()).toEqual(NONE);
});

test('to the address of another connection', async () => {
  const answer = await deliver({ ...genuine(), url: strangers.webhookUrl });
  expect(answer).toMatchObject({ status: 404, code: 'webhook_not_connected' });
  expect(await effects()).toEqual(NONE);
});

test('a number that nobody has connected', async () => {
  const unknown = aCloudNumber(cloud, { accountId: desk.number.accountId });
  const request = cloud.signedInbound({ numberId: unknown.numberId, from: CUSTOMER });
  expect(await deliver(request)).toMatchObject({ status: 404, code: 'webhook_not_connected' });
});

test('a replay has no second effect', async () => {
  const request = genuine();
  for (let times = 0; times < 3; times++) expect((await deliver(request)).status).toBe(200);
  expect(await effects()).toEqual({ events: 1, jobs: 1 });
});

test.each<[string, (body: string) => string]>([
  ['no JSON', (body) => body.slice(0, -1)],
  ['nothing', () => ''],
  ['a list', (body) => `[${body}]`],
  ['a name twice', (body) => body.replace('{"object"', '{"object":"page","object"')],
  [
    'a name twice, once escaped',
    (body) => body.replace('{"object"', String.raw`{"\u006fbject":"page","object"`),
  ],
  ['a text twice within a message', (body) => body.replace('"body":', '"body":"STOP","body":')],
  ['__proto__', (body) => body.replace('{"object"', '{"__proto__":{},"object"')],
  ['another object', (body) => body.replace('whatsapp_business_account', 'page')],
  ['no entries', () => '{"object":"whatsapp_business_account","entry":{}}'],
  ['a number that is no text', (body) => body.replace(`"${desk.number.numberId}"`, desk.number.numberId)],
  ['deep', () => `{"object":"whatsapp_business_account","entry":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ['more events than Meta sends', (body) => many(body, 1_001)],
])('a body that is signed and malformed: %s', async (_what, change) => {
  const request = genuine();
  const answer = await deliver(resigned(request, change(request.body)));
  expect(answer).toMatchObject({ status: 400, code: 'malformed_webhook' });
  expect(await effects()).toEqual(NONE);
});

test('a body that is larger than Meta sends', async () => {
  const { url, headers, body } = genuine();
  const length = 3 * 1_048_576 + 1;
  // Refused by what it says of its length: a client that went on to send all of it would be cut off.
  const status = await new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers: { ...headers, 'content-length': length } });
    outgoing.on('response', ({ statusCode }) => {
      resolve(statusCode);
      outgoing.destroy();
    });
    outgoing.on('error', reject);
    outgoing.write(body);
  });
  expect(status).toBe(413);
  expect(await effects()).toEqual(NONE);
});

test('a large one is taken: a batch of a thousand', async () => {
  const request = genuine('x'.repeat(1_000));
  expect((await deliver(resigned(request, many(request.body, 1_000)))).status).toBe(200);
  expect(await effects()).toEqual({ events: 1_000, jobs: 1_000 });
});

test('a form', async () => {
  const request = genuine();
  const headers = { ...request.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
  expect(await deliver({ ...request, headers })).toMatchObject({ status: 415 });
});

test('what cannot be stored is replaced, and the rest is taken', async () => {
  const request = genuine('X');
  const body = request.body.replace('"X"', String.raw`"a\u0000b\ud800c"`);
  expect((await deliver(resigned(request, body))).status).toBe(200);
  const [row] = await app.db.query(`SELECT payload->'text'->>'body' AS body FROM webhook_logs`);
  expect(row).toEqual({ body: 'a\ufffdb\ufffdc' });
});

function digest(algorithm: string, body: string, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHmac(algorithm, desk.number.appSecret).update(body).digest(encoding);
}

/** The same message so often, each with an id of its own. */
function many(body: string, count: number): string {
  const request = JSON.parse(body) as { entry: { changes: { value: { messages: { id: string }[] } }[] }[] };
  const value = request.entry[0]?.changes[0]?.value;
  const [message] = value?.messages ?? [];
  if (value && message)
    value.messages = Array.from({ length: count }, (_, i) => ({ ...message, id: `${message.id}${i}` }));
  return JSON.stringify(request);
}
