import { Injectable } from '@nestjs/common';
import { decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { Config, type IdentityProvider } from '../../../../common/config';
import { sha256 } from '../../../../common/crypto';
import { RuleError } from '../../../../common/errors';
import { Log } from '../../../../common/logging';
import { Clock } from '../../../../common/time/clock';
import { InvalidToken } from '../../domain/errors';
import { readIdentity, type ExternalIdentity } from '../../domain/external-identity';
import { ProviderKeys, type KeySet } from './provider-keys';

/** Signatures whose keys are public: what a provider publishes can verify, and never sign. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/**
 * ID tokens bear none or `JWT`, access tokens `at+jwt` (RFC 9068, 4). A provider signs others with the same keys for the
 * same audience, such as logout tokens: those let nobody in.
 */
const TYPES = /^(?:JWT|(?:application\/)?at\+jwt)$/i;
const TOLERANCE_SECONDS = 30;

interface Verified {
  readonly identity: ExternalIdentity;
  readonly expiresAt: number;
  /** The keys with which it was verified: when others come, it is verified again. */
  readonly keys: KeySet;
}

interface Source {
  readonly provider: IdentityProvider;
  readonly keys: ProviderKeys;
}

/** Verifies bearer tokens of the identity providers that the operator of the installation trusts. */
@Injectable()
export class ExternalTokens {
  private readonly sources: ReadonlyMap<string, Source>;
  /** By the token's hash: such tokens are long. */
  private readonly verified = new LRUCache<string, Verified>({ max: 5000 });

  constructor(
    { identityProviders }: Config,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.sources = new Map(
      identityProviders.map((provider) => [
        provider.issuer,
        { provider, keys: new ProviderKeys(provider, clock, log) },
      ]),
    );
  }

  /**
   * Whom the token speaks of; undefined when it is of no provider. It is verified with the keys of the issuer that it names
   * and no others. Throws {@link InvalidToken}, and `IdentityProviderUnreachable` where the keys cannot be had.
   */
  async verify(token: string): Promise<ExternalIdentity | undefined> {
    const source = this.sourceOf(token);
    if (!source) return undefined;
    const hash = sha256(token);
    const known = this.verified.get(hash);
    const keys = await source.keys.current();
    if (known?.keys === keys && known.expiresAt > this.clock.now().getTime()) return known.identity;
    const { exp = 0, ...claims } = await this.claimsOf(token, source);
    const identity = readIdentity(claims, source.provider);
    if (!identity) throw new InvalidToken();
    const expiresAt = (exp + TOLERANCE_SECONDS) * 1000;
    this.verified.set(hash, { identity, expiresAt, keys });
    return identity;
  }

  private sourceOf(token: string): Source | undefined {
    if (this.sources.size === 0) return undefined;
    try {
      const { iss } = decodeJwt(token);
      return iss === undefined ? undefined : this.sources.get(iss);
    } catch {
      return undefined;
    }
  }

  private async claimsOf(token: string, { provider, keys }: Source): Promise<JWTPayload> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
        algorithms: ALGORITHMS,
        issuer: provider.issuer,
        audience: [...provider.audiences],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: this.clock.now(),
        requiredClaims: ['sub', 'exp'],
      });
      if (protectedHeader.typ === undefined || TYPES.test(protectedHeader.typ)) return payload;
    } catch (error) {
      if (error instanceof RuleError) throw error;
    }
    // Every reason ends in the same answer.
    throw new InvalidToken();
  }
}
