import { Clock } from '../../src/common/time/clock';
import { aMember, anApiKey, anOrganization, as, PASSWORD, testApp, type TestApp } from '../support';

const PER_MINUTE = 20;
let app: TestApp;

beforeAll(async () => {
  app = await testApp({
    env: {
      ROLE: 'api',
      TRUST_PROXY_HOPS: '1',
      RATE_LIMIT_PER_MINUTE: String(PER_MINUTE),
      RATE_LIMIT_PUBLIC_PER_MINUTE: String(PER_MINUTE),
    },
  });
  // What was taken comes back with time: with none, however long these requests take.
  jest.spyOn(app.nest.get(Clock), 'elapsed').mockReturnValue(performance.now());
});
afterAll(() => app.stop());

/** Asks until there is a refusal. */
async function untilRefused<T extends { status: number }>(ask: () => PromiseLike<T>): Promise<T> {
  for (let i = 0; i <= PER_MINUTE; i++) {
    const answer = await ask();
    if (answer.status === 429) return answer;
  }
  throw new Error('never refused');
}

const signIn = (email: string, from: string) =>
  app.http().post('/api/v1/auth/sign-in').set('x-forwarded-for', from).send({ email, password: PASSWORD });

const refused = async (by: string) => {
  const { text } = await app.http().get('/metrics').set('authorization', 'Bearer metrics-token-for-tests');
  return Number(
    new RegExp(`^frontdesk_limited_requests_total\\{by="${by}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
  );
};

describe('who is known', () => {
  test('is told what is left, and refused when there is nothing', async () => {
    const { ownerToken, orgId } = await anOrganization(app);
    const owner = as(app, ownerToken);
    const first = await owner.get('/organization').expect(200);
    expect(first.headers['ratelimit-policy']).toBe(`"default";q=${PER_MINUTE};w=60`);
    expect(first.headers['ratelimit']).toBe(`"default";r=${PER_MINUTE - 1};t=3`);

    const before = await refused('caller');
    const last = await untilRefused(() => owner.get('/organization'));
    expect(last.headers['content-type']).toContain('application/problem+json');
    expect(last.body).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(last.headers['ratelimit']).toBe('"default";r=0;t=60');
    expect(last.headers['retry-after']).toBe('3');
    expect(await refused('caller')).toBe(before + 1);

    // One comes back every three seconds.
    const clock = jest.mocked(app.nest.get(Clock).elapsed);
    clock.mockReturnValue(clock() + 3000);
    await owner.get('/organization').expect(200);
    await owner.get('/organization').expect(429);

    // It is this person's limit: neither the address's nor the organization's.
    const agent = await aMember(app, orgId, 'agent');
    await as(app, agent.token).get('/organization').expect(200);
    await as(app, await anApiKey(app, orgId, ['organization.read']))
      .get('/organization')
      .expect(200);
  });

  test('is limited over all their tokens and routes, and for what they may not do, too', async () => {
    const { orgId } = await anOrganization(app);
    const { userId, token } = await aMember(app, orgId, 'viewer');
    const [row] = await app.db.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [userId]);
    const second = await signIn(row!.email, '192.0.2.10').expect(200);
    const other = as(app, (second.body as { accessToken: string }).accessToken);
    await as(app, token).get('/audit-logs').expect(403);
    await untilRefused(() => as(app, token).get('/audit-logs'));
    await other.get('/organization').expect(429);
  });

  test('by nothing that anyone can say: a wrong credential uses up nobody’s', async () => {
    const { orgId } = await anOrganization(app);
    const key = await anApiKey(app, orgId, ['organization.read']);
    const wrong = key.slice(0, -4) + (key.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    for (let i = 0; i < PER_MINUTE + 5; i++) {
      const { headers } = await as(app, wrong).get('/organization').expect(401);
      expect(headers['ratelimit']).toBeUndefined();
    }
    await as(app, key).get('/organization').expect(200);
  });
});

describe('who is not known', () => {
  test('is limited by address where it costs something', async () => {
    const email = 'nobody@example.test';
    const first = await signIn(email, '192.0.2.1').expect(401);
    expect(first.headers['ratelimit-policy']).toBe(`"address";q=${PER_MINUTE};w=60`);
    expect(first.headers['ratelimit']).toBe(`"address";r=${PER_MINUTE - 1};t=3`);
    const refresh = (from: string) =>
      app
        .http()
        .post('/api/v1/auth/refresh')
        .set('x-forwarded-for', from)
        .send({ refreshToken: 'A'.repeat(43) });
    const last = await untilRefused(() => refresh('192.0.2.1'));
    expect(last.body).toMatchObject({ code: 'rate_limit_exceeded' });
    await signIn(email, '192.0.2.1').expect(429);
    // What a caller says before the proxy's own word makes no other of them.
    await refresh('198.51.100.9, 192.0.2.1').expect(429);
    await refresh('192.0.2.2').expect(401);
  });

  test('with one network of IPv6 is one', async () => {
    const ask = (from: string) =>
      app
        .http()
        .post('/api/v1/auth/refresh')
        .set('x-forwarded-for', from)
        .send({ refreshToken: 'A'.repeat(43) });
    let host = 0;
    await untilRefused(() => ask(`2001:db8:1:1::${(++host).toString(16)}`));
    await ask('2001:db8:1:2::1').expect(401);
  });

  test.each([
    ['health', () => app.http().get('/health/live'), 200],
    [
      'webhooks',
      () => app.http().post('/api/v1/channels/whatsapp/webhook').type('form').send('Body=x'),
      undefined,
    ],
  ] as const)('is never counted for %s', async (_what, ask, status) => {
    for (let i = 0; i < PER_MINUTE + 5; i++) {
      const answer = await ask();
      expect(answer.status).not.toBe(429);
      if (status) expect(answer.status).toBe(status);
      expect(answer.headers['ratelimit-policy']).toBeUndefined();
    }
  });
});
