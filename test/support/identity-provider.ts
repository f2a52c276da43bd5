import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** A pair of keys with its name. */
export interface TestKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** What differs from a token as the provider gives it. */
export interface TokenChange {
  /** Undefined leaves a claim out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signed with another key than the present one. */
  readonly key?: TestKey;
}

/** An OpenID Connect provider on 127.0.0.1: discovery, keys, and tokens. */
export interface TestIdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** The key that signs at present. */
  key(): TestKey;
  /** How often its keys were asked for. */
  asked(): number;
  /** Signs with a new key from now on; with `withdraw` the old ones are published no more. */
  rotate(options?: { readonly withdraw?: boolean }): Promise<TestKey>;
  /** Answers everything with this status; undefined: as it should. */
  fail(status: number | undefined): void;
  /** Answers nothing until the returned function is called. */
  hold(): () => void;
  /** Changes the discovery document. */
  document(change: Readonly<Record<string, unknown>>): void;
  /** A token for `sub`, valid for five minutes. */
  token(sub: string, change?: TokenChange): Promise<string>;
  stop(): Promise<void>;
}

const AUDIENCE = 'frontdesk-tests';
let count = 0;

export async function aKey(alg = 'ES256'): Promise<TestKey> {
  const kid = `key-${++count}`;
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Starts one with a key of its own. */
export async function anIdentityProvider(alg?: string): Promise<TestIdentityProvider> {
  let keys = [await aKey(alg)];
  let status: number | undefined;
  let asked = 0;
  let overrides: Readonly<Record<string, unknown>> = {};
  let held = Promise.resolve();
  const server = createServer(
    (request, response) =>
      void held.then(() => {
        const documents: Record<string, unknown> = {
          '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys`, ...overrides },
          '/keys': { keys: keys.map(({ jwk }) => jwk) },
        };
        if (request.url === '/keys') asked += 1;
        const document = documents[request.url ?? ''];
        response.writeHead(status ?? (document ? 200 : 404), { 'content-type': 'application/json' });
        response.end(JSON.stringify(document ?? {}));
      }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const present = (): TestKey => keys[0]!;
  return {
    issuer,
    audience: AUDIENCE,
    jwksUrl: `${issuer}/keys`,
    key: present,
    asked: () => asked,
    async rotate({ withdraw = false } = {}) {
      const next = await aKey(alg);
      keys = withdraw ? [next] : [next, ...keys];
      return next;
    },
    fail: (next) => (status = next),
    hold() {
      let goOn = (): void => undefined;
      held = new Promise((resolve) => (goOn = resolve));
      return goOn;
    },
    document: (change) => (overrides = change),
    token(sub, { claims = {}, header = {}, key = present() } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const facts = { iss: issuer, aud: AUDIENCE, sub, iat: now, exp: now + 300, ...claims };
      return new SignJWT(facts)
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The value of OIDC_PROVIDERS that trusts these, each with what else is said of it. */
export function trusting(
  ...providers: readonly (readonly [TestIdentityProvider, Readonly<Record<string, unknown>>?])[]
): { OIDC_PROVIDERS: string } {
  return {
    OIDC_PROVIDERS: JSON.stringify(
      providers.map(([{ issuer, audience }, more]) => ({ issuer, audience, ...more })),
    ),
  };
}
