import { newId } from '../../src/common/context';
import { Schedule } from '../../src/common/schedule';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import type { WhatsappCloudSimulator } from '../../tools/whatsapp-cloud-simulator';
import { anOrganization, as, testApp, type Caller, type TestApp } from '../support';
import { aCloud, aCloudConnection } from '../support/cloud';
import { aTwilio } from '../support/twilio';
import { until } from '../support/until';
import { aDesk, deliver, signed, type TestDesk } from '../support/webhooks';

let app: TestApp;
let twilio: TwilioSimulator;
let cloud: WhatsappCloudSimulator;
let stranger: Caller;
let desk: TestDesk;
let owner: Caller;

beforeAll(async () => {
  twilio = await aTwilio({ settings: { callbacks: false } });
  cloud = await aCloud();
  app = await testApp({
    env: { TWILIO_API_BASE_URL: twilio.url, WHATSAPP_CLOUD_API_BASE_URL: cloud.url },
  });
  stranger = as(app, (await anOrganization(app)).ownerToken);
});
afterAll(async () => {
  await app.stop();
  await twilio.close();
  await cloud.close();
});
beforeEach(async () => {
  desk = await aDesk(app, twilio);
  owner = as(app, desk.ownerToken);
});

const at = (rest = '', id: string = desk.connection.id) => `/channel-connections/${id}${rest}`;
const shown = async () => (await owner.get(at()).expect(200)).body as Record<string, unknown>;
const tag = async () => (await owner.get(at()).expect(200)).headers['etag']!;
const answerTo = async (authToken: string) =>
  (await deliver(signed(desk.message(), { authToken, url: desk.connection.webhookUrl }))).status;
const purposes = async (id: string = desk.connection.id) => {
  const rows = await app.db.query<{ purpose: string }>(
    `SELECT new_values->>'purpose' AS purpose FROM audit_logs
     WHERE event_type = 'channels.credential-use' AND record_id = $1 ORDER BY created_at`,
    [id],
  );
  return rows.map(({ purpose }) => purpose);
};
const sealedBefore = async () => {
  const [row] = await app.db.query<{ text: string | null; key: string | null }>(
    'SELECT previous_credentials AS text, previous_credentials_key_id AS key FROM channel_connections WHERE id = $1',
    [desk.connection.id],
  );
  return row;
};

/** Exchanges the token at Twilio and here; the new one. */
async function rotate(body: object = {}): Promise<string> {
  const { authToken } = twilio.rotateToken(desk.connection.number.accountSid);
  await owner.post(at('/rotate-token'), { authToken, ...body }).expect(200);
  return authToken;
}

describe('a token that is replaced', () => {
  test('verifies beside the new one until it is ended, within a second', async () => {
    const old = desk.connection.number.authToken;
    expect(await shown()).toMatchObject({ previousCredentialsUntil: null });
    const stale = await tag();
    const fresh = await rotate();
    expect([await answerTo(fresh), await answerTo(old)]).toEqual([200, 200]);
    const { previousCredentialsUntil, version } = await shown();
    const hours = (Date.parse(String(previousCredentialsUntil)) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);

    await owner.delete(at('/previous-credentials')).set('If-Match', stale).expect(412);
    expect(await answerTo(old)).toBe(200);
    await owner
      .delete(at('/previous-credentials'))
      .set('If-Match', await tag())
      .expect(204);
    await until(async () => (await answerTo(old)) === 403);
    expect(await answerTo(fresh)).toBe(200);
    expect(await shown()).toMatchObject({ previousCredentialsUntil: null, version: Number(version) + 1 });
    expect(await sealedBefore()).toEqual({ text: null, key: null });
    await owner.delete(at('/previous-credentials')).expect(204);
    expect(await shown()).toMatchObject({ version: Number(version) + 1 });
  });

  test('counts no more at once with an overlap of no hours', async () => {
    const old = desk.connection.number.authToken;
    const fresh = await rotate({ overlapHours: 0 });
    expect([await answerTo(fresh), await answerTo(old)]).toEqual([200, 403]);
    expect(await sealedBefore()).toEqual({ text: null, key: null });
  });

  test('ends with the next one, and not with the same one again', async () => {
    const first = desk.connection.number.authToken;
    const second = await rotate({ overlapHours: 168 });
    const { previousCredentialsUntil } = await shown();
    await owner.post(at('/rotate-token'), { authToken: second, overlapHours: 0 }).expect(200);
    expect(await shown()).toMatchObject({ previousCredentialsUntil });
    expect(await answerTo(first)).toBe(200);
    const third = await rotate();
    await until(async () => (await answerTo(first)) === 403);
    expect([await answerTo(second), await answerTo(third)]).toEqual([200, 200]);
  });

  test('does not overlap where it does not open any more', async () => {
    await app.db.query(
      `UPDATE channel_connections SET credentials = left(credentials, -8) || 'AAAAAAAA' WHERE id = $1`,
      [desk.connection.id],
    );
    const fresh = await rotate();
    expect(await answerTo(fresh)).toBe(200);
    expect(await shown()).toMatchObject({ previousCredentialsUntil: null });
  });

  test('is replaced where its master key is lost, and no more data keys are made than one', async () => {
    const another = `another:${Buffer.alloc(32, 5).toString('base64')}`;
    const without = await testApp({
      db: app.db,
      env: { TWILIO_API_BASE_URL: twilio.url, ROLE: 'api', MASTER_KEYS: another },
    });
    try {
      const { authToken } = desk.connection.number;
      const url = `${without.url}${new URL(desk.connection.webhookUrl).pathname}`;
      const answer = async () => (await deliver(signed(desk.message(), { authToken, url }))).status;
      expect(await answer()).toBe(503);
      for (let times = 0; times < 2; times++)
        await as(without, desk.ownerToken).post(at('/rotate-token'), { authToken }).expect(200);
      expect(await answer()).toBe(200);
      const made = await app.db.query(`SELECT 1 FROM organization_keys WHERE master_key_id = 'another'`);
      expect(made).toHaveLength(1);
    } finally {
      await without.stop();
    }
  });

  test('is removed by the hour once its time is over, and no other', async () => {
    await rotate();
    const fire = async () =>
      app.nest
        .get(Schedule, { strict: false })
        .fire('channels.end-overlaps', new Date(Date.now() + Math.floor(Math.random() * 1e9)));
    expect(await fire()).toBe(true);
    await app.settled();
    expect((await sealedBefore())?.text).toMatch(/^v1\./);
    await app.db.query(
      `UPDATE channel_connections SET previous_credentials_until = now() - interval '1 second' WHERE id = $1`,
      [desk.connection.id],
    );
    expect(await fire()).toBe(true);
    await app.settled();
    expect(await sealedBefore()).toEqual({ text: null, key: null });
    expect(await shown()).toMatchObject({ previousCredentialsUntil: null });
  });

  test.each([-1, 169, 1.5, '24'])('no overlap of %p hours', async (overlapHours) => {
    const { authToken } = desk.connection.number;
    await owner.post(at('/rotate-token'), { authToken, overlapHours }).expect(422);
  });

  test('is out of reach of another organization', async () => {
    const old = desk.connection.number.authToken;
    await rotate();
    for (const id of [desk.connection.id, newId()]) {
      await stranger.delete(at('/previous-credentials', id)).expect(404);
      await stranger.post(at('/rotate-verify-token', id)).expect(404);
    }
    expect(await answerTo(old)).toBe(200);
  });
});

test("of Meta's the app's secret overlaps, and nothing else is kept", async () => {
  const organization = await anOrganization(app);
  const caller = as(app, organization.ownerToken);
  const { id, number } = await aCloudConnection(app, cloud, organization.ownerToken);
  const inbound = () => cloud.signedInbound({ numberId: number.numberId, from: '+4915160001234' });
  const [old, another] = [inbound(), inbound()];
  const [accessToken, appSecret] = ['EAA-another-token-of-the-app', 'e'.repeat(32)];

  cloud.addAccount({ id: number.accountId, appSecret });
  await caller.post(at('/rotate-token', id), { appSecret }).expect(200);
  const { body } = await caller.get(at('', id)).expect(200);
  expect(body.previousCredentialsUntil).toMatch(/^20.*Z$/);
  cloud.addAccount({ id: number.accountId, accessToken });
  const { body: after } = await caller.post(at('/rotate-token', id), { accessToken }).expect(200);
  expect(after.previousCredentialsUntil).toBe(body.previousCredentialsUntil);
  expect([(await deliver(old)).status, (await deliver(inbound())).status]).toEqual([200, 200]);
  await caller.delete(at('/previous-credentials', id)).expect(204);
  await until(async () => (await deliver(another)).status === 403);
});

describe('the token of the handshake', () => {
  test('is replaced, told once for a key, and noted', async () => {
    const organization = await anOrganization(app);
    const caller = as(app, organization.ownerToken);
    const { id, verifyToken, webhookUrl } = await aCloudConnection(app, cloud, organization.ownerToken);
    const key = newId();
    const post = () => caller.post(at('/rotate-verify-token', id)).set('Idempotency-Key', key).expect(200);
    const { body } = await post();
    expect(body).toMatchObject({ webhookUrl, verifyToken: expect.stringMatching(/^[\w-]{43}$/) });
    expect((await post()).body).toEqual(body);
    expect(await cloud.handshake(webhookUrl, verifyToken)).toBe(false);
    expect(await cloud.handshake(webhookUrl, body.verifyToken as string)).toBe(true);
    expect((await purposes(id)).filter((purpose) => purpose === 'rotate_verify_token')).toHaveLength(1);
    expect(app.logs.join('')).not.toContain(body.verifyToken);
    const [kept] = await app.db.query(`SELECT FROM audit_logs a WHERE a::text LIKE '%' || $1 || '%'`, [
      body.verifyToken,
    ]);
    expect(kept).toBeUndefined();
  });

  test('is none where the provider asks for none', async () => {
    const { body } = await owner.post(at('/rotate-verify-token')).expect(409);
    expect(body.code).toBe('handshake_not_used');
  });
});

test('that deliveries are verified is noted once an hour, beside them', async () => {
  const { authToken } = desk.connection.number;
  expect(await answerTo('f'.repeat(32))).toBe(403);
  for (let i = 0; i < 3; i++) expect(await answerTo(authToken)).toBe(200);
  await until(async () => (await purposes()).includes('verify_webhook'));
  await app.settled();
  expect(await purposes()).toEqual(['connect', 'verify_webhook']);
});
