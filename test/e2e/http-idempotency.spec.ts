import { randomUUID } from 'node:crypto';
import { aMember, as, aTwilioNumber, type Caller, etagOf } from '../support';
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
let conversation: TestConversation;

beforeAll(async () => {
  place = await anInstallation();
  business = await aBusiness(place);
  conversation = await aConversation(place, business);
});
afterAll(() => place.stop());

const aKey = () => randomUUID();
const messages = (id = conversation.id) => `/conversations/${id}/messages`;
const send = (key: string, text: string, { by = business.owner, path = messages() } = {}) =>
  by.post(path, { text }).set('idempotency-key', key);
const connect = (key: string, number: object, by: Caller = business.owner) =>
  by.post('/channel-connections', number).set('idempotency-key', key);

const count = async (sql: string, ...params: unknown[]) => {
  const [row] = await place.app.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, params);
  return row!.n;
};
const messagesSaying = (text: string) => count('messages WHERE body = $1', text);
const keptFor = (key: string) => count('idempotency_keys WHERE key = $1', key);

/** How many were answered well and how many with 409; all that were answered well alike. */
function tally(answers: readonly { status: number; body: unknown }[]) {
  const good = answers.filter(({ status }) => status === 201);
  const running = answers.filter(({ status, body }) => {
    return status === 409 && (body as { code: string }).code === 'idempotent_request_running';
  });
  expect(good.length).toBeGreaterThan(0);
  expect(good.length + running.length).toBe(answers.length);
  for (const { body } of good) expect(body).toEqual(good[0]!.body);
  return good[0]!.body;
}
const hundred = <T>(request: () => PromiseLike<T>) => Promise.all(Array.from({ length: 100 }, request));

it('answers again byte by byte', async () => {
  const key = aKey();
  const contact = { name: 'Zoë', tags: ['b', 'a'], customFields: {}, email: `${key}@example.test` };
  const add = () => business.owner.post('/contacts', contact).set('idempotency-key', key).expect(201);
  const first = await add();
  const again = await add();
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(again.text).toBe(first.text);
});

describe('a hundred requests at once with one key', () => {
  test('send one message', async () => {
    const [key, text] = [aKey(), 'Only once'];
    const body = tally(await hundred(() => send(key, text)));
    expect(await messagesSaying(text)).toBe(1);
    const again = await send(key, text).expect(201);
    expect(again.body).toEqual(body);
    expect(again.headers['idempotent-replayed']).toBe('true');
    await place.quiet();
    expect(conversation.customer.read().filter((said) => said === text)).toEqual([text]);
  });

  test('connect one number, although each of them calls the provider', async () => {
    const [key, number] = [aKey(), aTwilioNumber(place.twilio)];
    const body = tally(await hundred(() => connect(key, number)));
    expect(await count('channel_connections WHERE address = $1', number.address)).toBe(1);
    const again = await connect(key, number).expect(201);
    expect(again.body).toEqual(body);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', etag: etagOf(business.orgId, 1) });
    // Without the key it is the second number that it is.
    await business.owner.post('/channel-connections', number).expect(409);
  });
});

describe('a key', () => {
  test('belongs to one request: another text, place or caller is refused', async () => {
    const key = aKey();
    const other = await aConversation(place, business);
    const agent = as(place.app, (await aMember(place.app, business.orgId, 'agent')).token);
    await send(key, 'First').expect(201);
    for (const request of [
      send(key, 'Second'),
      send(key, 'First', { path: messages(other.id) }),
      send(key, 'First', { by: agent }),
    ])
      expect((await request.expect(422)).body.code).toBe('idempotency_key_reused');
    expect(await messagesSaying('First')).toBe(1);
    expect(await messagesSaying('Second')).toBe(0);
  });

  test('of one route, or of one organization, is free for another', async () => {
    const key = aKey();
    await send(key, 'Mine').expect(201);
    await connect(key, aTwilioNumber(place.twilio)).expect(201);
    const elsewhere = await aBusiness(place);
    await connect(key, aTwilioNumber(place.twilio), elsewhere.owner).expect(201);
    expect(await keptFor(key)).toBe(3);
  });

  test('is the caller’s also where the effect is in another organization', async () => {
    const [key, slug] = [aKey(), `second-${randomUUID()}`];
    const found = (by: Caller, name = 'Second') =>
      by
        .post('/organizations', { name, slug, timezone: 'UTC', defaultCountry: 'DE' })
        .set('idempotency-key', key);
    const body = tally(await Promise.all(Array.from({ length: 3 }, () => found(business.owner))));
    expect((await found(business.owner).expect(201)).body).toEqual(body);
    expect(await count('organizations WHERE slug = $1', slug)).toBe(1);
    expect(await count('idempotency_keys WHERE key = $1 AND org_id = $2', key, business.orgId)).toBe(1);
    await found(business.owner, 'Third').expect(422);
    const stranger = await aBusiness(place);
    expect((await found(stranger.owner).expect(409)).body.code).toBe('slug_taken');
  });

  test('takes 1 to 255 characters', async () => {
    await send('k'.repeat(255), 'Long').expect(201);
    for (const key of ['k'.repeat(256), ''])
      expect((await send(key, 'Too long').expect(400)).body.code).toBe('bad_idempotency_key');
    expect(await messagesSaying('Too long')).toBe(0);
  });

  test('is free again when the request failed: what has no effect is not kept', async () => {
    const key = aKey();
    await send(key, '').expect(422);
    await send(key, 'Better').expect(201);
    const [wrong, right] = [aKey(), aTwilioNumber(place.twilio)];
    await connect(wrong, { ...right, authToken: 'not-the-token-0123456789' }).expect(422);
    await connect(wrong, right).expect(201);
  });

  test('is free again when the database broke off between effect and answer', async () => {
    const [key, text] = [aKey(), 'Survives'];
    await place.app.db.query(`
      CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
      CREATE TRIGGER break_off AFTER INSERT ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION break_off()`);
    try {
      await send(key, text).expect(503);
    } finally {
      await place.app.db.query('DROP FUNCTION break_off CASCADE');
    }
    expect(await messagesSaying(text)).toBe(0);
    expect(await keptFor(key)).toBe(0);
    const { headers } = await send(key, text).expect(201);
    expect(headers['idempotent-replayed']).toBeUndefined();
    expect(await messagesSaying(text)).toBe(1);
  });

  test('is forgotten after a day', async () => {
    const key = aKey();
    await send(key, 'Today').expect(201);
    await place.app.db.query(
      "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1",
      [key],
    );
    await place.app.database.platform('SELECT expire_idempotency_keys()');
    await send(key, 'Tomorrow').expect(201);
  });
});

describe('an answer with a secret', () => {
  const make = (key: string, body: object) =>
    business.owner.post('/api-keys', body).set('idempotency-key', key);

  test('is the same again, and stands nowhere in clear', async () => {
    const [key, body] = [aKey(), { name: 'Website', scopes: ['organization.read'] }];
    const first = tally(await Promise.all(Array.from({ length: 10 }, () => make(key, body))));
    const again = await make(key, body).expect(201);
    expect(again.body).toEqual(first);
    expect(again.headers['idempotent-replayed']).toBe('true');
    const { secret } = again.body as { secret: string };
    await as(place.app, secret).get('/me').expect(200);
    const rows = await place.app.db.query<{ row: string; response_body: unknown; sealed_body: string }>(
      'SELECT k::text AS row, response_body, sealed_body FROM idempotency_keys k WHERE key = $1',
      [key],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ response_body: null, sealed_body: expect.stringMatching(/^v1\./) });
    expect(rows[0]!.row).not.toContain(secret.slice(-20));
    await make(key, { ...body, name: 'Other' }).expect(422);
  });

  test('does not open in another row', async () => {
    const [one, two] = [aKey(), aKey()];
    const body = { name: 'Website', scopes: ['organization.read'] };
    await make(one, body).expect(201);
    await make(two, body).expect(201);
    await place.app.db.query(
      `UPDATE idempotency_keys t SET sealed_body = s.sealed_body FROM idempotency_keys s WHERE t.key = $1 AND s.key = $2`,
      [one, two],
    );
    await make(one, body).expect(503);
  });
});
