import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { IdentityProvider } from '../../../../common/config';
import type { Log } from '../../../../common/logging';
import { Allowance } from '../../../../common/time/allowance';
import type { Clock } from '../../../../common/time/clock';
import { IdentityProviderUnreachable } from '../../domain/identity-errors';

const MINUTE = 60_000;
/** After this the keys are fetched again, beside the requests, so that one that was withdrawn ends. */
const FRESH = 10 * MINUTE;
/** So long the last keys count, while the provider is down or nobody asks. Without any, requests wait for them. */
const TRUSTED = 24 * 60 * MINUTE;
const TIMEOUT_MS = 3000;
/** Tokens with keys that nobody has must not turn this server against the provider. */
const FETCHES = { size: 5, perMinute: 6 };

/** The keys of a provider at one time. */
export interface KeySet {
  readonly find: JWTVerifyGetKey;
  readonly at: number;
}

/**
 * The public keys of one identity provider. A key that is not among them is looked for once more, so that a new one works
 * at once; how often that happens is bounded.
 */
export class ProviderKeys {
  private known: KeySet | undefined;
  private loading: Promise<void> | undefined;
  private failed = false;
  private readonly fetches = new Allowance(FETCHES, performance.now());

  constructor(
    private readonly provider: Pick<IdentityProvider, 'issuer' | 'jwksUrl'>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * The keys as they are known. Old ones are fetched again meanwhile, so a provider that is slow or down delays nobody; those
   * that count no more are waited for. Throws {@link IdentityProviderUnreachable}.
   */
  async current(): Promise<KeySet> {
    const age = this.age();
    if (age > TRUSTED) await this.load();
    else if (age > FRESH) void this.load();
    if (!this.known || this.age() > TRUSTED) throw new IdentityProviderUnreachable();
    return this.known;
  }

  /** The key that a token says it was signed with. Throws {@link IdentityProviderUnreachable}, and jose's errors. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const present = await this.current();
    try {
      return await present.find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.load();
      if (this.failed) throw new IdentityProviderUnreachable();
      return (await this.current()).find(header, token);
    }
  };

  private age(): number {
    return this.known ? this.clock.now().getTime() - this.known.at : Infinity;
  }

  /** Fetches the keys; whoever asks meanwhile shares it. Keeps those that are known when it fails or is not allowed. */
  private load(): Promise<void> {
    if (!this.loading && this.fetches.take(performance.now()))
      this.loading = this.fetch().finally(() => (this.loading = undefined));
    return this.loading ?? Promise.resolve();
  }

  private async fetch(): Promise<void> {
    const at = this.clock.now().getTime();
    try {
      const keys = await fetchJson(this.provider.jwksUrl ?? (await this.discover()));
      this.known = { find: createLocalJWKSet(keys as unknown as JSONWebKeySet), at };
      this.failed = false;
    } catch (error) {
      this.failed = true;
      const { host } = new URL(this.provider.issuer);
      this.log.warn('the keys of an identity provider could not be fetched', { host, error });
    }
  }

  /** OpenID Connect Discovery 1.0, 4: the document says by itself whose it is. */
  private async discover(): Promise<string> {
    const { issuer } = this.provider;
    const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const { issuer: named, jwks_uri: address } = document;
    if (named !== issuer) throw new Error('the discovery document is of another issuer');
    if (typeof address !== 'string' || !/^https?:/.test(address)) throw new Error('no jwks_uri');
    if (issuer.startsWith('https:') && !address.startsWith('https:')) throw new Error('jwks_uri without TLS');
    return address;
  }
}

async function fetchJson(address: string): Promise<Record<string, unknown>> {
  const answer = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const json: unknown = await answer.json();
  if (typeof json !== 'object' || json === null) throw new Error('answered no JSON object');
  return json as Record<string, unknown>;
}
