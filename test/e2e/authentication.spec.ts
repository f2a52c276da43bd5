import { connect } from 'node:net';
import { SignJWT, UnsecuredJWT } from 'jose';
import { newId, type Uuid } from '../../src/common/context';
import { Schedule } from '../../src/common/schedule';
import { Tenancy, type Role } from '../../src/modules/tenancy';
import { testApp, testEnvironment, type TestApp } from '../support';

const PASSWORD = 'a long enough password';
const UNAUTHENTICATED = {
  status: 401,
  code: 'unauthenticated',
  detail: 'Sign in again, or check the API key.',
};
const WRONG = {
  status: 401,
  code: 'wrong_credentials',
  detail: 'The email address or the password is wrong.',
};

let app: TestApp;
let tenancy: Tenancy;
let count = 0;

beforeAll(async () => {
  app = await testApp();
  tenancy = app.nest.get(Tenancy);
});
afterAll(() => app.stop());

interface Someone {
  orgId: Uuid;
  slug: string;
  userId: Uuid;
  email: string;
}

/** An organization of its own, and its owner. */
async function someone(): Promise<Someone> {
  const slug = `auth-${++count}`;
  const email = `${slug}@example.test`;
  const owner = { email, password: PASSWORD, firstName: 'Sam', lastName: 'Someone' };
  const made = await tenancy.createOrganization({
    name: slug,
    slug,
    timezone: 'UTC',
    defaultCountry: 'US',
    owner,
  });
  return { ...made, slug, email };
}

const join = (orgId: Uuid, email: string, role: Role) =>
  tenancy.addMember(orgId, { email, password: PASSWORD, firstName: '', lastName: '', role });
const signIn = (body: object) => app.http().post('/api/v1/auth/sign-in').send(body);
const signedIn = async (email: string) => (await signIn({ email, password: PASSWORD }).expect(200)).body;
const refresh = (refreshToken: string) => app.http().post('/api/v1/auth/refresh').send({ refreshToken });
const withHeader = (authorization: string) =>
  app.http().get('/api/v1/organization').set('authorization', authorization);
const as = (token: string) => withHeader(`Bearer ${token}`);
const switchTo = (token: string, organizationId: unknown) =>
  app
    .http()
    .post('/api/v1/auth/switch-organization')
    .set('authorization', `Bearer ${token}`)
    .send({ organizationId });
const trail = (orgId: Uuid | null, eventType: string) =>
  app.db.query<Record<string, unknown>>(
    'SELECT * FROM audit_logs WHERE org_id IS NOT DISTINCT FROM $1 AND event_type = $2 ORDER BY id',
    [orgId, eventType],
  );

describe('signing in', () => {
  test('answers with tokens, organization, user and role', async () => {
    const { orgId, userId, slug, email } = await someone();
    const { body } = await signIn({ email: `  ${email.toUpperCase()} `, password: PASSWORD }).expect(200);
    expect(body).toEqual({
      accessToken: expect.stringMatching(/^eyJ/),
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      organization: { id: orgId, name: slug, slug },
      user: { id: userId, email, firstName: 'Sam', lastName: 'Someone' },
      role: 'owner',
    });
    await as(body.accessToken).expect(200);
    await withHeader(`bEaReR   ${String(body.accessToken)}`).expect(200);
  });

  test('is told in the audit trail and on the user, with the request that did it', async () => {
    const { orgId, userId, email } = await someone();
    const requestId = newId();
    await signIn({ email, password: PASSWORD }).set('x-request-id', requestId).expect(200);
    expect(await trail(orgId, 'tenancy.sign-in')).toEqual([
      expect.objectContaining({
        actor: userId,
        actor_type: 'user',
        request_id: requestId,
        ip_address: '127.0.0.1',
      }),
    ]);
    const [user] = await app.db.query('SELECT last_login_at FROM users WHERE id = $1', [userId]);
    expect(user?.['last_login_at']).toBeInstanceOf(Date);
  });

  test('unknown address, wrong password, disabled user, no such membership: the same words', async () => {
    const [one, disabled, homeless] = [await someone(), await someone(), await someone()];
    await app.db.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [disabled.userId]);
    await app.db.query('DELETE FROM memberships WHERE user_id = $1', [homeless.userId]);
    const before = (await trail(null, 'tenancy.sign-in-failed')).length;
    const attempts = [
      { email: 'nobody@example.test', password: PASSWORD },
      { email: one.email, password: 'not the password' },
      { email: disabled.email, password: PASSWORD },
      { email: homeless.email, password: PASSWORD },
      { email: one.email, password: PASSWORD, organizationSlug: disabled.slug },
      { email: one.email, password: PASSWORD, organizationSlug: 'no-such-slug' },
    ];
    for (const attempt of attempts) {
      const answer = await signIn(attempt).expect(401);
      expect({ ...answer.body, requestId: '' }).toEqual({
        type: 'about:blank',
        title: 'Unauthorized',
        requestId: '',
        ...WRONG,
      });
    }
    const failures = (await trail(null, 'tenancy.sign-in-failed')).slice(before);
    expect(failures.map((row) => row['new_values'])).toEqual(
      [
        'unknown_user',
        'wrong_password',
        'disabled_user',
        'no_membership',
        'no_membership',
        'no_membership',
      ].map((reason) => ({ reason })),
    );
    expect(failures.map((row) => row['record_id'])).toEqual([
      null,
      one.userId,
      disabled.userId,
      homeless.userId,
      one.userId,
      one.userId,
    ]);
    expect(JSON.stringify(failures)).not.toMatch(/@example\.test|not the password|a long enough/);
  });

  test('leads to the oldest organization, or to the one named', async () => {
    const [first, second] = [await someone(), await someone()];
    await join(second.orgId, first.email, 'viewer');
    expect((await signedIn(first.email)).organization.id).toBe(first.orgId);
    const { body } = await signIn({
      email: first.email,
      password: PASSWORD,
      organizationSlug: second.slug,
    }).expect(200);
    expect(body).toMatchObject({ organization: { id: second.orgId }, role: 'viewer' });
  });

  test('a suspended organization is skipped, and told only where it is asked for with the right password', async () => {
    const [first, second] = [await someone(), await someone()];
    await join(second.orgId, first.email, 'agent');
    await app.db.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [first.orgId]);
    expect((await signedIn(first.email)).organization.id).toBe(second.orgId);
    const named = { email: first.email, password: PASSWORD, organizationSlug: first.slug };
    expect((await signIn(named).expect(403)).body.code).toBe('organization_suspended');
    expect((await signIn({ ...named, password: 'wrong' }).expect(401)).body.code).toBe('wrong_credentials');
  });

  test.each([
    [{}, 422],
    [{ email: 'a@example.test' }, 422],
    [{ email: 'no address', password: 'x' }, 422],
    [{ email: ['a@example.test'], password: 'x' }, 422],
    [{ email: { $ne: null }, password: 'x' }, 422],
    [{ email: 'nul\u0000@example.test', password: 'x' }, 422],
    [{ email: 'a@example.test', password: '' }, 422],
    [{ email: 'a@example.test', password: 7 }, 422],
    [{ email: 'a@example.test', password: 'x', role: 'owner' }, 422],
    [{ email: 'a@example.test', password: 'nul\u0000' }, 422],
    [{ email: 'a@example.test', password: 'x', organizationSlug: 'nul\u0000' }, 422],
    [[], 400],
  ])('the body %j is answered with %i', async (body, status) => {
    const answer = await signIn(body).expect(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  test.each([
    ['email', { email: `${'a'.repeat(250)}@example.test`, password: 'x' }],
    ['password', { email: 'a@example.test', password: 'x'.repeat(201) }],
    ['organizationSlug', { email: 'a@example.test', password: 'x', organizationSlug: 'x'.repeat(64) }],
  ])('a %s that is too long is refused by field', async (field, body) => {
    expect((await signIn(body).expect(422)).body.errors).toContainEqual(expect.objectContaining({ field }));
  });

  test.each(['{', 'null', '"text"', '7'])('the raw body %s never breaks it', async (text) => {
    const answer = await app
      .http()
      .post('/api/v1/auth/sign-in')
      .set('content-type', 'application/json')
      .send(text);
    expect([400, 422]).toContain(answer.status);
  });

  test('a flood waits its turn or is told to come again, and nothing else suffers', async () => {
    const { email } = await someone();
    const { accessToken } = await signedIn(email);
    const flood = Array.from({ length: 120 }, () =>
      signIn({ email, password: 'wrong password' }).then(({ status }) => status),
    );
    const reads = Array.from({ length: 5 }, () => as(accessToken).expect(200));
    await Promise.all(reads);
    const statuses = await Promise.all(flood);
    expect(statuses.filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
    // Somebody else is served; whoever guessed so often from here waits.
    await signedIn((await someone()).email);
  });
});

describe('refreshing', () => {
  test('rotates, and the new tokens work', async () => {
    const { email } = await someone();
    const first = await signedIn(email);
    const { body: second } = await refresh(first.refreshToken).expect(200);
    expect(second).toEqual({
      accessToken: expect.stringMatching(/^eyJ/),
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    });
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await as(second.accessToken).expect(200);
    await refresh(second.refreshToken).expect(200);
  });

  test('a token that comes a second time ends the whole session at once', async () => {
    const { orgId, userId, email } = await someone();
    const first = await signedIn(email);
    const other = await signedIn(email);
    const { body: second } = await refresh(first.refreshToken).expect(200);
    await as(second.accessToken).expect(200);
    expect((await refresh(first.refreshToken).expect(401)).body).toMatchObject(UNAUTHENTICATED);
    expect((await refresh(second.refreshToken).expect(401)).body).toMatchObject(UNAUTHENTICATED);
    expect((await as(second.accessToken).expect(401)).body).toMatchObject(UNAUTHENTICATED);
    expect((await as(first.accessToken).expect(401)).body).toMatchObject(UNAUTHENTICATED);
    expect(await trail(orgId, 'tenancy.refresh-reuse')).toEqual([
      expect.objectContaining({ actor: userId, ip_address: '127.0.0.1' }),
    ]);
    await as(other.accessToken).expect(200);
  });

  test('of ten at once with one token exactly one wins, and the session is over', async () => {
    const { orgId, email } = await someone();
    const { refreshToken } = await signedIn(email);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => refresh(refreshToken).then((answer) => answer)),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    await refresh(winners[0]!.body.refreshToken).expect(401);
    await as(winners[0]!.body.accessToken).expect(401);
    expect(await trail(orgId, 'tenancy.refresh-reuse')).toHaveLength(1);
  });

  test('expired session, disabled user, left organization, unknown token: 401; suspended organization: 403', async () => {
    const changes: [string, (who: Someone) => unknown, number][] = [
      ['UPDATE auth_sessions SET expires_at = now() WHERE user_id = $1', ({ userId }) => userId, 401],
      [`UPDATE users SET status = 'disabled' WHERE id = $1`, ({ userId }) => userId, 401],
      ['DELETE FROM memberships WHERE user_id = $1', ({ userId }) => userId, 401],
      [`UPDATE organizations SET status = 'suspended' WHERE id = $1`, ({ orgId }) => orgId, 403],
    ];
    for (const [sql, parameter, status] of changes) {
      const who = await someone();
      const { accessToken, refreshToken } = await signedIn(who.email);
      await app.db.query(sql, [parameter(who)]);
      await refresh(refreshToken).expect(status);
      await as(accessToken).expect(status);
    }
    await refresh('A'.repeat(43)).expect(401);
  });

  test.each([
    {},
    { refreshToken: 7 },
    { refreshToken: '' },
    { refreshToken: 'short' },
    { refreshToken: 'x'.repeat(50_000) },
  ])('a bad body is refused', async (body) => {
    await app.http().post('/api/v1/auth/refresh').send(body).expect(422);
  });
});

describe('signing out', () => {
  test('ends this session at once, and no other', async () => {
    const { orgId, userId, email } = await someone();
    const [here, there] = [await signedIn(email), await signedIn(email)];
    await as(here.accessToken).expect(200);
    await app
      .http()
      .post('/api/v1/auth/sign-out')
      .set('authorization', `Bearer ${String(here.accessToken)}`)
      .expect(204);
    await as(here.accessToken).expect(401);
    await refresh(here.refreshToken).expect(401);
    await as(there.accessToken).expect(200);
    expect(await trail(orgId, 'tenancy.sign-out')).toEqual([expect.objectContaining({ actor: userId })]);
    expect(await trail(orgId, 'tenancy.refresh-reuse')).toEqual([]);
  });

  test('ends it in every organization that it went to', async () => {
    const [first, second] = [await someone(), await someone()];
    await join(second.orgId, first.email, 'agent');
    const { accessToken } = await signedIn(first.email);
    const there = await switchTo(accessToken, second.orgId).expect(200);
    await as(there.body.accessToken).expect(200);
    await app
      .http()
      .post('/api/v1/auth/sign-out')
      .set('authorization', `Bearer ${String(accessToken)}`)
      .expect(204);
    await as(there.body.accessToken).expect(401);
  });

  test('is nothing for API keys', async () => {
    const { orgId } = await someone();
    const { secret } = await tenancy.createApiKey(orgId, {
      name: 'k',
      scopes: ['self', 'organization.read'],
      createdBy: null,
    });
    const answer = await app
      .http()
      .post('/api/v1/auth/sign-out')
      .set('authorization', `Bearer ${secret}`)
      .expect(403);
    expect(answer.body.code).toBe('permission_denied');
  });
});

describe('switching organizations', () => {
  test('gives a token for the other one, and the refresh token leads there', async () => {
    const [first, second] = [await someone(), await someone()];
    await join(second.orgId, first.email, 'agent');
    const session = await signedIn(first.email);
    const { body } = await switchTo(session.accessToken, second.orgId.toUpperCase()).expect(200);
    expect(body).toMatchObject({
      organization: { id: second.orgId, slug: second.slug },
      role: 'agent',
      expiresIn: 900,
    });
    expect((await as(body.accessToken).expect(200)).body.id).toBe(second.orgId);
    const { body: next } = await refresh(session.refreshToken).expect(200);
    expect((await as(next.accessToken).expect(200)).body.id).toBe(second.orgId);
    expect(await trail(second.orgId, 'tenancy.organization-switched')).toEqual([
      expect.objectContaining({ actor: first.userId }),
    ]);
  });

  test('an organization of others and one that never was are the same 404', async () => {
    const [first, second] = [await someone(), await someone()];
    const { accessToken } = await signedIn(first.email);
    const foreign = await switchTo(accessToken, second.orgId).expect(404);
    const absent = await switchTo(accessToken, newId()).expect(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    expect((await as(accessToken).expect(200)).body.id).toBe(first.orgId);
  });

  test('a suspended one is refused, and what is no id as well', async () => {
    const [first, second] = [await someone(), await someone()];
    await join(second.orgId, first.email, 'agent');
    await app.db.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [second.orgId]);
    const { accessToken } = await signedIn(first.email);
    await switchTo(accessToken, second.orgId).expect(403);
    for (const bad of ['', 'x', 7, null, [second.orgId]]) await switchTo(accessToken, bad).expect(422);
  });
});

describe('credentials', () => {
  const key = () => new TextEncoder().encode(testEnvironment(app.db, 0)['JWT_SECRET']);

  interface Forgery {
    claims?: Record<string, unknown>;
    issuer?: string;
    audience?: string;
    alg?: string;
    typ?: string;
    secret?: Uint8Array;
    expires?: string | number | null;
  }

  /** A token like ours but for what is given. */
  async function forge(claims: Record<string, unknown>, change: Forgery): Promise<string> {
    const {
      issuer = 'frontdesk',
      audience = 'frontdesk-api',
      alg = 'HS256',
      typ = 'at+jwt',
      expires = '15m',
    } = change;
    const { exp: _, ...copied } = claims;
    const token = new SignJWT({ ...copied, ...change.claims }).setProtectedHeader({ alg, typ });
    token.setIssuer(issuer).setAudience(audience).setIssuedAt();
    if (expires !== null) token.setExpirationTime(expires);
    return token.sign(change.secret ?? key());
  }

  async function claimsOfSomeone(): Promise<Record<string, unknown>> {
    const { accessToken } = await signedIn((await someone()).email);
    return JSON.parse(Buffer.from(String(accessToken).split('.')[1]!, 'base64url').toString());
  }

  test('a token says no more than it must', async () => {
    expect(Object.keys(await claimsOfSomeone()).sort()).toEqual([
      'aud',
      'exp',
      'iat',
      'iss',
      'org',
      'role',
      'sid',
      'sub',
    ]);
  });

  test.each<[string, Forgery]>([
    ['another issuer', { issuer: 'someone' }],
    ['another audience', { audience: 'another-api' }],
    ['another algorithm', { alg: 'HS512', secret: new Uint8Array(64) }],
    ['our key with another algorithm', { alg: 'HS384' }],
    ['another type', { typ: 'JWT' }],
    ['another key', { secret: new TextEncoder().encode('another-secret-that-is-long-enough') }],
    ['the past', { expires: Math.floor(Date.now() / 1000) - 1 }],
    ['no expiry', { expires: null }],
    ['an unknown role', { claims: { role: 'god' } }],
    ['a role that is a list', { claims: { role: ['owner'] } }],
    ['no role', { claims: { role: undefined } }],
    ['no session', { claims: { sid: undefined } }],
    ['no organization', { claims: { org: undefined } }],
    ['an organization that is no id', { claims: { org: "'; DROP TABLE users; --" } }],
    ['a session that is no id', { claims: { sid: 7 } }],
    ['a user that is no id', { claims: { sub: 'me' } }],
    ['another session', { claims: { sid: newId() } }],
    ['another user', { claims: { sub: newId() } }],
    ['another organization', { claims: { org: newId() } }],
  ])('a token with %s is refused', async (_, change) => {
    const claims = await claimsOfSomeone();
    await as(await forge(claims, {})).expect(200);
    const token = await forge(claims, change);
    expect((await as(token).expect(401)).body).toMatchObject(UNAUTHENTICATED);
  });

  test('a token that lies about the role gets the real one', async () => {
    const { orgId } = await someone();
    const email = `viewer-${++count}@example.test`;
    await join(orgId, email, 'viewer');
    const { accessToken } = await signedIn(email);
    const claims = JSON.parse(Buffer.from(String(accessToken).split('.')[1]!, 'base64url').toString());
    const promoted = await forge(claims, { claims: { role: 'owner' } });
    await app.http().get('/api/v1/api-keys').set('authorization', `Bearer ${promoted}`).expect(403);
  });

  test("a token for a foreign organization is refused, and one's own session does not help", async () => {
    const claims = await claimsOfSomeone();
    const { orgId } = await someone();
    await as(await forge(claims, { claims: { org: orgId } })).expect(401);
  });

  test('a token without signature, and one with a changed byte', async () => {
    const claims = await claimsOfSomeone();
    await as(new UnsecuredJWT(claims).encode()).expect(401);
    const [header, payload, signature] = (await forge(claims, {})).split('.');
    const other = Buffer.from(JSON.stringify({ ...claims, role: 'admin' })).toString('base64url');
    await as(`${header!}.${other}.${signature!}`).expect(401);
    await as(`${header!}.${payload!}.`).expect(401);
  });

  test('a token expires also when it was seen before', async () => {
    const claims = await claimsOfSomeone();
    const token = await forge(claims, { expires: Math.floor(Date.now() / 1000) + 3 });
    await as(token).expect(200);
    await new Promise((resolve) => setTimeout(resolve, 3100));
    await as(token).expect(401);
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a.b.c',
    'Bearer ..',
    'Bearer eyJhbGciOiJub25lIn0.e30.',
    'Bearer null',
    'Bearer fd_',
    'Bearer fd_aaaaaaaaaaaa_',
    `Bearer fd_aaaaaaaaaaaa_${'A'.repeat(43)}`,
    `Bearer fd_AAAAAAAAAAAA_${'A'.repeat(43)}`,
    `Bearer fd_aaaaaaaaaaaa_${'A'.repeat(44)}`,
    'Basic dXNlcjpwYXNz',
    'Negotiate x',
    'Bearer \u00e9\u00ff',
    "Bearer ' OR 1=1 --",
    'Bearer {"alg":"none"}',
  ])('the header %j is refused without telling why', async (header) => {
    const answer = await withHeader(header).expect(401);
    expect(answer.body).toMatchObject(UNAUTHENTICATED);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test.each([
    ['9,000 characters', 'A'.repeat(9000)],
    ['900 parts', 'a.'.repeat(900)],
    ['a long JWT', `${'A'.repeat(800)}.${'B'.repeat(800)}.${'C'.repeat(400)}`],
  ])('a token of %s is refused', async (_, token) => {
    expect((await as(token).expect(401)).body).toMatchObject(UNAUTHENTICATED);
  });

  test('no header at all', async () => {
    expect((await app.http().get('/api/v1/organization').expect(401)).body).toMatchObject(UNAUTHENTICATED);
  });

  test.each([
    'Authorization: \x01\x02\x03',
    'Authorization: Bearer \xff\xfe\x80',
    'Authorization: Bearer \x00',
  ])('the raw header %j never breaks it', async (line) => {
    const status = await rawStatus(
      `GET /api/v1/organization HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${line}\r\n\r\n`,
    );
    expect([400, 401]).toContain(status);
  });

  test('an API key with a wrong secret, and one of a suspended organization', async () => {
    const { orgId } = await someone();
    const { secret } = await tenancy.createApiKey(orgId, {
      name: 'k',
      scopes: ['organization.read'],
      createdBy: null,
    });
    const flipped = secret.slice(0, -2) + (secret.endsWith('AA') ? 'BB' : 'AA');
    expect((await as(flipped).expect(401)).body).toMatchObject(UNAUTHENTICATED);
    await app.db.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [orgId]);
    const other = await tenancy.createApiKey(orgId, {
      name: 'k',
      scopes: ['organization.read'],
      createdBy: null,
    });
    expect((await as(other.secret).expect(403)).body.code).toBe('organization_suspended');
  });

  test('two organizations that drew the same prefix each get their own key', async () => {
    const [first, second] = [await someone(), await someone()];
    const keys = [first, second].map(({ orgId }) =>
      tenancy.createApiKey(orgId, { name: 'k', scopes: ['organization.read'], createdBy: null }),
    );
    const [one, two] = [await keys[0]!, await keys[1]!];
    await app.db.query(
      'UPDATE api_keys SET prefix = (SELECT prefix FROM api_keys WHERE id = $1) WHERE id = $2',
      [one.id, two.id],
    );
    const shared = `${one.secret.slice(0, 16)}${two.secret.slice(16)}`;
    expect((await as(one.secret).expect(200)).body.id).toBe(first.orgId);
    expect((await as(shared).expect(200)).body.id).toBe(second.orgId);
  });

  test('many requests with one credential share one look into the database', async () => {
    const { accessToken } = await signedIn((await someone()).email);
    const platform = jest.spyOn(app.database, 'platform');
    try {
      await Promise.all(Array.from({ length: 50 }, () => as(accessToken).expect(200)));
      expect(platform.mock.calls.length).toBeLessThanOrEqual(5);
    } finally {
      platform.mockRestore();
    }
  });

  test('a route that is no route needs no credential and tells nothing', async () => {
    expect((await app.http().get('/api/v1/nothing').expect(404)).body.code).toBe('route_not_found');
  });
});

test('no password, token or key secret stands in any row or log line', async () => {
  const { orgId, email } = await someone();
  const session = await signedIn(email);
  const { body: next } = await refresh(session.refreshToken).expect(200);
  const owner = `Bearer ${String(next.accessToken)}`;
  const { body: made } = await app
    .http()
    .post('/api/v1/api-keys')
    .set('authorization', owner)
    .set('idempotency-key', 'once')
    .send({ name: 'k', scopes: ['organization.read'] })
    .expect(201);
  await as(made.secret).expect(200);
  await app
    .http()
    .delete(`/api/v1/api-keys/${String(made.id)}`)
    .set('authorization', owner)
    .expect(204);
  await signIn({ email, password: 'a wrong password' }).expect(401);
  await app.http().post('/api/v1/auth/sign-out').set('authorization', owner).expect(204);

  const secrets = [
    PASSWORD,
    'a wrong password',
    session.accessToken,
    session.refreshToken,
    next.refreshToken,
    String(made.secret).slice(16),
  ];
  const tables = await app.db.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%\\_20__\\___'`,
  );
  expect(tables.length).toBeGreaterThan(8);
  for (const { name } of tables) {
    const rows = JSON.stringify(await app.db.query(`SELECT t::text FROM ${name} t`));
    for (const secret of secrets) expect(rows).not.toContain(secret);
  }
  const lines = app.logs.join('');
  expect(lines).toContain('"request"');
  for (const secret of [...secrets, email]) expect(lines).not.toContain(secret);
  const hashes = await app.db.query<{ secret_hash: string }>(
    'SELECT secret_hash FROM api_keys WHERE org_id = $1',
    [orgId],
  );
  const audit = JSON.stringify(await app.db.query('SELECT * FROM audit_logs WHERE org_id = $1', [orgId]));
  expect(audit).toContain('[hidden]');
  expect(audit).not.toContain(hashes[0]!.secret_hash);
});

/** Sends bytes as they are, and reads the status of the answer. */
function rawStatus(request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname, () => socket.write(request, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])));
  });
}

describe('sessions that ended', () => {
  test('are deleted after 30 days with their tokens; those that live keep what shows a reuse', async () => {
    const { email } = await someone();
    const sessions: Record<string, string> = {};
    const tokens: Record<string, string> = {};
    for (const [name, change] of [
      ['expired', `expires_at = now() - interval '31 days'`],
      ['revoked', `revoked_at = now() - interval '31 days'`],
      ['lately', `revoked_at = now() - interval '29 days'`],
      ['alive', `created_at = now() - interval '300 days'`],
    ] as const) {
      const { refreshToken } = await signedIn(email);
      await refresh(refreshToken).expect(200);
      const [row] = await app.db.query<{ id: string }>(
        `UPDATE auth_sessions SET ${change} WHERE id = (SELECT id FROM auth_sessions ORDER BY id DESC LIMIT 1) RETURNING id`,
      );
      sessions[name] = row!.id;
      tokens[name] = refreshToken;
    }
    expect(await app.nest.get(Schedule).fire('tenancy.forget-ended-sessions', new Date(0))).toBe(true);
    await app.settled();
    const kept = await app.db.query<{ id: string; tokens: number }>(
      `SELECT s.id, count(t.id)::int AS tokens FROM auth_sessions s JOIN auth_refresh_tokens t ON t.session_id = s.id
       WHERE s.id = ANY ($1) GROUP BY s.id ORDER BY s.id`,
      [Object.values(sessions)],
    );
    expect(kept).toEqual([
      { id: sessions['lately'], tokens: 2 },
      { id: sessions['alive'], tokens: 2 },
    ]);
    await refresh(tokens['alive']!).expect(401);
    const [alive] = await app.db.query('SELECT revoked_at FROM auth_sessions WHERE id = $1', [
      sessions['alive'],
    ]);
    expect(alive?.['revoked_at']).toBeInstanceOf(Date);
  });
});
