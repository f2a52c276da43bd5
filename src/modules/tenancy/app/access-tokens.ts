import { Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { Config } from '../../../common/config';
import { asUuid, isUuid, type Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import { InvalidToken } from '../domain/errors';
import { isRole, type Role } from '../domain/roles';

const ISSUER = 'frontdesk';
const AUDIENCE = 'frontdesk-api';
const ALGORITHM = 'HS256';
/** RFC 9068: an access token says that it is one, so that no other token of the same key can be taken for it. */
const TYPE = 'at+jwt';

/** What an access token says. The role is the one at issue; who decides anything asks for the present one. */
export interface AccessClaims {
  readonly userId: Uuid;
  readonly orgId: Uuid;
  readonly role: Role;
  readonly sessionId: Uuid;
  /** The operator looks into an organization that was opened to them. */
  readonly operatorAccessId?: Uuid;
}

/** A signed access token and how many seconds it is valid. */
export interface AccessToken {
  readonly accessToken: string;
  readonly expiresIn: number;
}

interface Verified extends AccessClaims {
  readonly expiresAt: number;
}

/** Issues and verifies access tokens: JWT, HS256, with pinned issuer, audience, algorithm and type. */
@Injectable()
export class AccessTokens {
  private readonly key: Uint8Array;
  private readonly ttl: number;
  /** A signature that was right stays right: the work of checking it again on every request is saved. */
  private readonly verified = new LRUCache<string, Verified>({ max: 5000 });

  constructor(
    config: Config,
    private readonly clock: Clock,
  ) {
    this.key = new TextEncoder().encode(config.auth.jwtSecret);
    this.ttl = config.auth.accessTokenTtlSeconds;
  }

  /** Valid for `seconds`, by default as long as access tokens are. */
  async issue(claims: AccessClaims, seconds = this.ttl): Promise<AccessToken> {
    const { userId, orgId, role, sessionId, operatorAccessId } = claims;
    const now = Math.floor(this.clock.now().getTime() / 1000);
    const access = operatorAccessId === undefined ? {} : { oac: operatorAccessId };
    const accessToken = await new SignJWT({ org: orgId, role, sid: sessionId, ...access })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .setSubject(userId)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.key);
    return { accessToken, expiresIn: seconds };
  }

  /** Throws {@link InvalidToken} whatever is wrong. Asks no database. */
  async verify(token: string): Promise<AccessClaims> {
    const claims = this.verified.get(token) ?? (await this.check(token));
    if (claims.expiresAt * 1000 <= this.clock.now().getTime()) throw new InvalidToken();
    this.verified.set(token, claims);
    return claims;
  }

  private async check(token: string): Promise<Verified> {
    const payload = await this.payloadOf(token);
    const { sub, org, role, sid, oac, exp } = payload;
    if (
      !isUuid(sub) ||
      !isUuid(org) ||
      !isUuid(sid) ||
      (oac !== undefined && !isUuid(oac)) ||
      typeof role !== 'string' ||
      !isRole(role) ||
      exp === undefined
    )
      throw new InvalidToken();
    const access = oac === undefined ? {} : { operatorAccessId: asUuid(oac) };
    return {
      userId: asUuid(sub),
      orgId: asUuid(org),
      sessionId: asUuid(sid),
      role,
      expiresAt: exp,
      ...access,
    };
  }

  private async payloadOf(token: string) {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        currentDate: this.clock.now(),
        requiredClaims: ['sub', 'org', 'role', 'sid', 'iat', 'exp'],
      });
      return payload;
    } catch {
      // Every reason ends in the same answer; a token that cannot be read at all is no fault of ours either.
      throw new InvalidToken();
    }
  }
}
