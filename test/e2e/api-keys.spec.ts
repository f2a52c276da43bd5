import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type Uuid } from '../../src/common/context';
import { API_KEY_SCOPES } from '../../src/modules/tenancy';
import { ApiKeysRepository } from '../../src/modules/tenancy/db/api-keys.repository';
import { aMember, anOrganization, as, testApp, type Caller, type TestApp, etagOf } from '../support';

/** How long an instance may go on believing what it looked up. */
const MEMORY = 1000;

interface Key {
  id: Uuid;
  secret: string;
  version: number;
  expiresAt: string | null;
}

let app: TestApp;
let other: TestApp;
let orgId: Uuid;
let ownerId: Uuid;
let owner: Caller;

beforeAll(async () => {
  app = await testApp();
  other = await testApp({ db: app.db });
  const organization = await anOrganization(app);
  ({ orgId, ownerId } = organization);
  owner = as(app, organization.ownerToken);
});
afterAll(async () => {
  await other.stop();
  await app.stop();
});

async function aKey(facts: object = {}, maker: Caller = owner): Promise<Key> {
  const { body } = await maker
    .post('/api-keys', { name: 'Website', scopes: ['organization.read'], ...facts })
    .expect(201);
  return body as Key;
}
const rotate = (id: Uuid, body: object = {}, caller: Caller = owner) =>
  caller.post(`/api-keys/${id}/rotate`, body);
const opens = async (secret: string, place: TestApp = app): Promise<boolean> =>
  (await as(place, secret).get('/me')).status === 200;

describe('a key', () => {
  test('is read by itself, with who made it and its version as ETag', async () => {
    const { id } = await aKey();
    const { body, headers } = await owner.get(`/api-keys/${id}`).expect(200);
    expect(body).toMatchObject({ id, version: 1, createdBy: ownerId, createdByKey: null, rotatedAt: null });
    expect(body).toMatchObject({ createdByMember: true, previousSecretUntil: null });
    expect(headers['etag']).toBe(etagOf(orgId, 1));
    expect(JSON.stringify(body)).not.toMatch(/secret_hash|secretHash|[0-9a-f]{64}/);
  });

  test('is renamed; someone who saw an older version is told', async () => {
    const { id } = await aKey();
    const { body } = await owner
      .patch(`/api-keys/${id}`, { name: ' Shop ' })
      .set('if-match', etagOf(orgId, 1))
      .expect(200);
    expect(body).toMatchObject({ name: 'Shop', version: 2 });
    const stale = await owner
      .patch(`/api-keys/${id}`, { name: 'Late' })
      .set('if-match', etagOf(orgId, 1))
      .expect(412);
    expect(stale.body.code).toBe('stale_version');
    await owner.delete(`/api-keys/${id}`).set('if-match', etagOf(orgId, 1)).expect(412);
    await owner.patch(`/api-keys/${id}`, { name: '' }).expect(422);
    await owner.delete(`/api-keys/${id}`).set('if-match', etagOf(orgId, 2)).expect(204);
    expect((await owner.get(`/api-keys/${id}`)).body).toMatchObject({ name: 'Shop' });
  });

  test('keeps its version while it is used', async () => {
    const { id, secret } = await aKey();
    expect(await opens(secret)).toBe(true);
    const used = async (): Promise<unknown> => (await owner.get(`/api-keys/${id}`)).body.lastUsedAt;
    for (let i = 0; i < 200 && (await used()) === null; i++) await sleep(20);
    expect((await owner.get(`/api-keys/${id}`)).body).toMatchObject({
      lastUsedAt: expect.any(String) as string,
      version: 1,
    });
    await owner.get(`/api-keys/${id}`).set('if-none-match', etagOf(orgId, 1)).expect(200);
  });

  test('of another organization is the same 404 as one that never was', async () => {
    const { id } = await aKey();
    const stranger = as(app, (await anOrganization(app)).ownerToken);
    for (const path of [`/api-keys/${id}`, `/api-keys/${newId()}`]) {
      expect((await stranger.get(path).expect(404)).body.code).toBe('api_key_not_found');
      expect((await stranger.patch(path, { name: 'Mine' }).expect(404)).body.code).toBe('api_key_not_found');
      expect((await stranger.post(`${path}/rotate`, {}).expect(404)).body.code).toBe('api_key_not_found');
    }
    expect((await owner.get(`/api-keys/${id}`)).body).toMatchObject({ name: 'Website', rotatedAt: null });
  });

  test('stays when its maker leaves, and the list says so', async () => {
    const admin = await aMember(app, orgId, 'admin');
    const { id, secret } = await aKey({}, as(app, admin.token));
    await app.db.query('DELETE FROM memberships WHERE org_id = $1 AND user_id = $2', [orgId, admin.userId]);
    expect((await owner.get(`/api-keys/${id}`)).body).toMatchObject({
      createdBy: admin.userId,
      createdByMember: false,
    });
    expect(await opens(secret)).toBe(true);
  });

  test('is revoked for good, whoever asks the database otherwise', async () => {
    const { id } = await aKey();
    await owner.delete(`/api-keys/${id}`).expect(204);
    const scope = { orgId, actor: { type: 'user', id: ownerId }, requestId: newId(), pool: 'app' } as const;
    const revive = (sql: string) =>
      app.database.runInOrg(scope, () =>
        app.database.tx.query(`UPDATE api_keys SET ${sql} WHERE org_id = $1 AND id = $2`, [orgId, id]),
      );
    await expect(revive('revoked_at = NULL')).rejects.toThrow('revoked for good');
    await expect(revive(`revoked_at = now() + interval '1 day'`)).rejects.toThrow('revoked for good');
    await expect(revive(`name = 'Still there'`)).resolves.toEqual([]);
  });
});

test('making a key and giving it another secret answer the same again to the same Idempotency-Key', async () => {
  const wanted = { name: 'Once', scopes: ['organization.read'] };
  const make = () => owner.post('/api-keys', wanted).set('idempotency-key', 'make-once');
  const [first, again] = [await make().expect(201), await make().expect(201)];
  expect(again.body).toEqual(first.body);
  expect(again.headers['idempotent-replayed']).toBe('true');
  const key = first.body as Key;
  const turn = () => rotate(key.id, { overlapMinutes: 5 }).set('idempotency-key', 'rotate-once');
  const [turned, turnedAgain] = [await turn().expect(200), await turn().expect(200)];
  expect(turnedAgain.body).toEqual(turned.body);
  expect(await opens(key.secret)).toBe(true);
  const kept = await app.db.query('SELECT * FROM idempotency_keys WHERE org_id = $1', [orgId]);
  expect(kept).toHaveLength(2);
  for (const secret of [key.secret, String(turned.body.secret)])
    expect(JSON.stringify(kept)).not.toContain(secret.slice(-43));
  const made = await app.db.query(`SELECT id FROM api_keys WHERE name = 'Once'`);
  expect(made).toHaveLength(1);
});

describe('making keys with a key', () => {
  const day = 86_400_000;
  const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

  test('gives no key a longer life than its maker', async () => {
    const maker = await aKey({ scopes: ['api_keys.manage', 'organization.read'], expiresAt: inDays(2) });
    const program = as(app, maker.secret);
    const child = await aKey({}, program);
    expect(child).toMatchObject({ expiresAt: maker.expiresAt, createdByKey: maker.id, createdBy: null });
    const sooner = inDays(1);
    expect(await aKey({ expiresAt: sooner }, program)).toMatchObject({ expiresAt: sooner });
    const { body } = await program
      .post('/api-keys', { name: 'Forever', scopes: ['organization.read'], expiresAt: inDays(3) })
      .expect(422);
    expect(body).toMatchObject({ code: 'expiry_after_maker', errors: [{ field: 'expiresAt' }] });
  });

  test('by way of another secret gets nobody more than they have', async () => {
    const manager = as(app, (await aKey({ scopes: ['api_keys.manage', 'organization.read'] })).secret);
    const strong = await aKey({ scopes: API_KEY_SCOPES });
    expect((await rotate(strong.id, {}, manager).expect(403)).body.code).toBe('key_beyond_caller');
    const ending = as(
      app,
      (await aKey({ scopes: ['api_keys.manage', 'organization.read'], expiresAt: inDays(1) })).secret,
    );
    const endless = await aKey();
    expect((await rotate(endless.id, {}, ending).expect(403)).body.code).toBe('key_beyond_caller');
    await rotate(endless.id, {}, manager).expect(200);
    expect(await opens(strong.secret)).toBe(true);
  });

  test('lets a key give itself another secret', async () => {
    const key = await aKey({ scopes: ['api_keys.manage', 'organization.read'], expiresAt: inDays(1) });
    const { body } = await rotate(key.id, {}, as(app, key.secret)).expect(200);
    expect(body.expiresAt).toBe(key.expiresAt);
    expect(await opens(String(body.secret))).toBe(true);
  });
});

describe('another secret', () => {
  test('works at once on every instance, and the one before until the overlap is over', async () => {
    const key = await aKey();
    expect([await opens(key.secret), await opens(key.secret, other)]).toEqual([true, true]);
    const { body } = await rotate(key.id, { overlapMinutes: 10 }).expect(200);
    expect(body).toMatchObject({ id: key.id, name: 'Website', version: 2, scopes: ['organization.read'] });
    const secret = String(body.secret);
    expect([await opens(secret), await opens(secret, other)]).toEqual([true, true]);
    expect([await opens(key.secret), await opens(key.secret, other)]).toEqual([true, true]);
    const [row] = await app.db.query<{ seconds: number }>(
      `SELECT extract(epoch FROM previous_secret_until - rotated_at)::int AS seconds FROM api_keys WHERE id = $1`,
      [key.id],
    );
    expect(row?.seconds).toBe(600);
    await app.db.query(`UPDATE api_keys SET previous_secret_until = now() WHERE id = $1`, [key.id]);
    await sleep(MEMORY);
    expect([await opens(key.secret), await opens(key.secret, other)]).toEqual([false, false]);
    expect([await opens(secret), await opens(secret, other)]).toEqual([true, true]);
  });

  test('without an overlap ends the one before everywhere within a second', async () => {
    const key = await aKey();
    expect([await opens(key.secret), await opens(key.secret, other)]).toEqual([true, true]);
    const { body } = await rotate(key.id, { overlapMinutes: 0 }).expect(200);
    expect(body.previousSecretUntil).toBeNull();
    await sleep(MEMORY);
    expect([await opens(key.secret), await opens(key.secret, other)]).toEqual([false, false]);
  });

  test('once more ends the one before the last', async () => {
    const key = await aKey();
    const second = String((await rotate(key.id).expect(200)).body.secret);
    const third = String((await rotate(key.id).expect(200)).body.secret);
    await sleep(MEMORY);
    expect([await opens(key.secret), await opens(second), await opens(third)]).toEqual([false, true, true]);
  });

  test('is not for keys that have ended', async () => {
    const revoked = await aKey();
    await owner.delete(`/api-keys/${revoked.id}`).expect(204);
    const expired = await aKey();
    await app.db.query(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [expired.id]);
    for (const { id } of [revoked, expired])
      expect((await rotate(id).expect(409)).body.code).toBe('api_key_ended');
  });

  test.each([-1, 10_081, 1.5, '10', null])('takes no overlap of %p', async (overlapMinutes) => {
    const key = await aKey();
    const answer = await rotate(key.id, { overlapMinutes });
    // null is as good as nothing said.
    expect(answer.status).toBe(overlapMinutes === null ? 200 : 422);
  });

  test('is in the audit trail, and no hash is', async () => {
    const key = await aKey();
    await rotate(key.id).expect(200);
    await rotate(key.id).expect(200);
    const trail = await app.db.query<{ new_values: Record<string, unknown>; old_values: unknown }>(
      `SELECT old_values, new_values FROM audit_logs WHERE record_id = $1 AND event_type = 'api_keys.update' ORDER BY id`,
      [key.id],
    );
    expect(trail).toHaveLength(2);
    expect(trail[1]?.new_values).toMatchObject({
      secret_hash: '[hidden]',
      previous_secret_hash: '[hidden]',
      rotated_at: expect.any(String) as string,
    });
    expect(JSON.stringify(trail)).not.toMatch(/[0-9a-f]{64}/);
  });
});

test('a revoked key is refused at once where it was revoked, and within a second elsewhere', async () => {
  const key = await aKey();
  expect([await opens(key.secret), await opens(key.secret, other)]).toEqual([true, true]);
  await owner.delete(`/api-keys/${key.id}`).expect(204);
  expect(await opens(key.secret)).toBe(false);
  await sleep(MEMORY);
  expect(await opens(key.secret, other)).toBe(false);
});

test('a prefix that nobody has and a wrong secret are answered alike, after as many look-ups', async () => {
  const { secret } = await aKey();
  const lookUps = jest.spyOn(app.nest.get(ApiKeysRepository, { strict: false }), 'findByPrefix');
  const told = new Set<string>();
  const spent: number[] = [];
  for (const prefix of [secret.slice(3, 15), '0'.repeat(12)]) {
    lookUps.mockClear();
    for (let i = 0; i < 3; i++) {
      const { status, body, headers } = await as(app, `fd_${prefix}_${'A'.repeat(43)}`).get('/me');
      told.add(JSON.stringify([status, { ...body, requestId: '' }, headers['www-authenticate']]));
    }
    spent.push(lookUps.mock.calls.length);
  }
  expect([...told]).toEqual([expect.stringContaining('[401')]);
  expect(spent).toEqual([3, 3]);
});
