import { SignJWT, UnsecuredJWT } from 'jose';
import type { Uuid } from '../../src/common/context';
import { Clock } from '../../src/common/time/clock';
import { aMember, anOrganization, as, testApp, until, type TestApp } from '../support';
import {
  aKey,
  anIdentityProvider,
  trusting,
  type TestIdentityProvider,
  type TokenChange,
} from '../support/identity-provider';

const MINUTE = 60_000;

let provider: TestIdentityProvider;
let other: TestIdentityProvider;
/** All that does not depend on what is remembered of keys. */
let first: TestApp;
let app: TestApp;
let email: string;
let orgId: Uuid;

beforeAll(async () => {
  [provider, other] = await Promise.all([anIdentityProvider('RS256'), anIdentityProvider()]);
  app = first = await testApp({ env: trust() });
  const organization = await anOrganization(app);
  ({ orgId } = organization);
  const { userId } = await aMember(app, orgId, 'agent');
  const [user] = await app.db.query<{ email: string }>('SELECT email FROM users WHERE id = $1', [userId]);
  email = user!.email;
});
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await first.stop();
  await Promise.all([provider.stop(), other.stop()]);
});

function trust(): Record<string, string> {
  return trusting([provider], [other, { jwksUrl: other.jwksUrl, organizationClaim: 'org' }]);
}

const person = (change: TokenChange = {}): TokenChange => ({
  ...change,
  claims: { email, email_verified: true, ...change.claims },
});
const enter = (token: string) => as(app, token).get('/me');
const token = (change?: TokenChange): Promise<string> => provider.token('person-1', person(change));

/** The program's clock, moved on. */
function later(ms: number): void {
  jest.spyOn(app.nest.get(Clock), 'now').mockImplementation(() => new Date(Date.now() + ms));
}

describe('a token', () => {
  it('opens, whatever the provider signs it with', async () => {
    expect((await enter(await token()).expect(200)).body).toMatchObject({
      user: { email },
      organization: { id: orgId },
      role: 'agent',
    });
    await enter(await other.token('person-2', person())).expect(200);
    const { body } = await enter(await token({ header: { typ: 'at+jwt' } })).expect(200);
    expect((body as { permissions: string[] }).permissions).not.toContain('self');
  });

  it.each<[string, () => Promise<string> | string]>([
    ['of another audience', () => token({ claims: { aud: 'another' } })],
    ['of no audience', () => token({ claims: { aud: undefined } })],
    ['of an issuer that nobody trusts', () => token({ claims: { iss: 'http://127.0.0.1:1' } })],
    ['of no issuer', () => token({ claims: { iss: undefined } })],
    ['that has expired', () => token({ claims: { exp: seconds(-60) } })],
    ['that never expires', () => token({ claims: { exp: undefined } })],
    ['that is not valid yet', () => token({ claims: { nbf: seconds(60) } })],
    ['of nobody', () => token({ claims: { sub: undefined } })],
    ['of a subject that no provider gives', () => token({ claims: { sub: 'a\u0000b' } })],
    ['whose organization is a list', () => token({ claims: { organization: [orgId] } })],
    ['that ends a session', () => token({ header: { typ: 'logout+jwt' } })],
    ['without a signature', async () => (await token()).replace(/[^.]+$/, '')],
    ['with another signature', async () => (await token()).replace(/[^.]{8}$/, 'AAAAAAAA')],
    ['signed by nobody', () => new UnsecuredJWT({ ...facts() }).encode()],
    ['signed with the public key as a secret', signedWithThePublicKey],
    ["signed by another issuer's key", () => token({ key: other.key() })],
    [
      "signed by another issuer's key under our issuer's name",
      () => token({ key: { ...other.key(), kid: provider.key().kid } }),
    ],
    ['of a key that nobody published', async () => token({ key: await aKey('RS256') })],
    [
      'that brings its own key',
      async () => {
        const key = await aKey('RS256');
        return token({ key: { ...key, kid: provider.key().kid }, header: { jwk: key.jwk } });
      },
    ],
  ])('%s is refused as any other is', async (_, made) => {
    await enter(await token()).expect(200);
    const { body, headers } = await enter(await made()).expect(401);
    expect(body).toMatchObject({ code: 'unauthenticated', detail: 'Sign in again, or check the API key.' });
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  it('may be half a minute early or late', async () => {
    await enter(await token({ claims: { nbf: seconds(20) } })).expect(200);
    await enter(await token({ claims: { exp: seconds(-20) } })).expect(200);
  });

  it('ends with its time, also where it was verified before', async () => {
    const held = await token();
    await enter(held).expect(200);
    later(6 * MINUTE);
    await enter(held).expect(401);
  });

  it('of ours is none of theirs, and goes on working', async () => {
    const { ownerToken } = await anOrganization(app);
    await enter(ownerToken).expect(200);
  });
});

describe('keys', () => {
  /** Keys are remembered, and so is how often they were fetched: each test begins with a program that knows nothing. */
  beforeEach(async () => {
    app = await testApp({ db: first.db, env: trust() });
  });
  afterEach(async () => {
    provider.fail(undefined);
    provider.document({});
    await app.stop();
    app = first;
  });

  it('are fetched once, however many come at once', async () => {
    const before = provider.asked();
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => token({ claims: { n: i } })));
    const answers = await Promise.all(tokens.map((one) => enter(one)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(provider.asked()).toBe(before + 1);
  });

  it('that are new work at once; those that are withdrawn end with them', async () => {
    const old = await token();
    await enter(old).expect(200);
    await provider.rotate({ withdraw: true });
    await enter(await token({ claims: { n: 'new' } })).expect(200);
    await enter(old).expect(401);
  });

  it('that are withdrawn end after ten minutes, when the next request had them fetched', async () => {
    const old = await token({ claims: { exp: seconds(3600) } });
    await enter(old).expect(200);
    await provider.rotate({ withdraw: true });
    await enter(old).expect(200);
    later(11 * MINUTE);
    await until(async () => (await enter(old)).status === 401);
  });

  it('that are old delay nobody while they are fetched again', async () => {
    const held = await token({ claims: { exp: seconds(2 * 86_400) } });
    await enter(held).expect(200);
    const before = provider.asked();
    const goOn = provider.hold();
    later(60 * MINUTE);
    // The provider answers neither of these before it is let go on.
    await enter(held).expect(200);
    await enter(held).expect(200);
    goOn();
    await until(() => provider.asked() === before + 1);
    await enter(held).expect(200);
  });

  it('that nobody has are not asked for without end', async () => {
    const before = provider.asked();
    for (let i = 0; i < 25; i++) await enter(await token({ key: await aKey('ES256') })).expect(401);
    expect(provider.asked() - before).toBeLessThanOrEqual(6);
    await enter(await token()).expect(200);
  });

  it('that cannot be had make the answer 503, and it mends itself', async () => {
    provider.fail(500);
    const { body, headers } = await enter(await token()).expect(503);
    expect(body).toMatchObject({ code: 'identity_provider_unreachable' });
    expect(headers['retry-after']).toBe('10');
    provider.fail(undefined);
    await enter(await token()).expect(200);
  });

  it('that are known serve for a day while the provider is down', async () => {
    const held = await token({ claims: { exp: seconds(2 * 86_400) } });
    await enter(held).expect(200);
    provider.fail(500);
    later(60 * MINUTE);
    await enter(held).expect(200);
    expect((await enter(await token({ key: await aKey('ES256') })).expect(503)).body.code).toBe(
      'identity_provider_unreachable',
    );
    later(25 * 60 * MINUTE);
    await enter(held).expect(503);
    expect(app.logs.join('')).toContain('the keys of an identity provider could not be fetched');
  });

  it.each([{ issuer: 'http://127.0.0.1:1' }, { jwks_uri: 'file:///etc/passwd' }, { jwks_uri: 7 }])(
    'are not taken from a discovery document with %j',
    async (change) => {
      provider.document(change);
      await enter(await token()).expect(503);
    },
  );
});

function seconds(offset: number): number {
  return Math.floor(Date.now() / 1000) + offset;
}

function facts(): Record<string, unknown> {
  const claims = { email, email_verified: true, exp: seconds(300) };
  return { iss: provider.issuer, aud: provider.audience, sub: 'person-1', ...claims };
}

/** The old trick: a verifier that lets the token choose takes the public key for the secret of an HMAC. */
async function signedWithThePublicKey(): Promise<string> {
  const secret = new TextEncoder().encode(JSON.stringify(provider.key().jwk));
  return new SignJWT(facts()).setProtectedHeader({ alg: 'HS256', kid: provider.key().kid }).sign(secret);
}
