import { Injectable } from '@nestjs/common';
import { Authenticator, type Credentials, type Principal } from '../../../common/auth';
import type { Uuid } from '../../../common/context';
import { parseApiKey, type ApiKeyParts } from '../domain/api-key';
import { bearerToken } from '../domain/authorization-header';
import { NoCredential } from '../domain/errors';
import type { ExternalIdentity } from '../domain/external-identity';
import { OPERATOR_PERMISSIONS } from '../domain/operator-access';
import { permissionsOf, permissionsWithoutSession } from '../domain/roles';
import { knownScopes } from '../domain/scopes';
import { AccessTokens, type AccessClaims } from './access-tokens';
import { ApiKeyStates } from './api-keys/api-key-states';
import { ApiKeyUses } from './api-keys/api-key-uses';
import { ExternalIdentities } from './identities/external-identities';
import { ExternalTokens } from './identities/external-tokens';
import { IdentityUses } from './identities/identity-uses';
import { OperatorAccessStates } from './operator-access/operator-access-states';
import { OperatorAccessUses } from './operator-access/operator-access-uses';
import { SessionStates } from './session-states';

type Whence = Omit<Credentials, 'authorization'>;

/** Recognises a caller by an access token, an API key or a token of an identity provider: each a bearer token. */
@Injectable()
export class CredentialAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionStates,
    private readonly keys: ApiKeyStates,
    private readonly uses: ApiKeyUses,
    private readonly external: ExternalTokens,
    private readonly people: ExternalIdentities,
    private readonly identityUses: IdentityUses,
    private readonly accesses: OperatorAccessStates,
    private readonly accessUses: OperatorAccessUses,
  ) {
    super();
  }

  async authenticate({ authorization, ...from }: Credentials): Promise<Principal> {
    const token = bearerToken(authorization);
    if (token === undefined) throw new NoCredential();
    const key = parseApiKey(token);
    if (key) return this.byApiKey(key, from.ipAddress);
    const identity = await this.external.verify(token);
    if (identity) return this.byIdentity(identity, from.ipAddress);
    const claims = await this.tokens.verify(token);
    const { operatorAccessId } = claims;
    return operatorAccessId ? this.asOperator(claims, operatorAccessId, from) : this.byAccessToken(claims);
  }

  private async byAccessToken(claims: AccessClaims): Promise<Principal> {
    const { userId, orgId, sessionId } = claims;
    const { role, isPlatformOwner } = await this.sessions.standing(claims);
    const permissions = permissionsOf(role, isPlatformOwner);
    return { actor: { type: 'user', id: userId }, orgId, sessionId, permissions };
  }

  /** Whoever operates the installation, in an organization that they opened: themselves, reading, and seen to read. */
  private async asOperator(claims: AccessClaims, accessId: Uuid, from: Whence): Promise<Principal> {
    const { userId: operatorId, orgId } = claims;
    await this.accesses.demandOpen(claims, accessId);
    await this.accessUses.note({ orgId, accessId, operatorId, ...from });
    return { actor: { type: 'user', id: operatorId }, orgId, permissions: OPERATOR_PERMISSIONS };
  }

  private async byIdentity(identity: ExternalIdentity, ipAddress: string): Promise<Principal> {
    const { userId, orgId, role } = await this.people.recognise(identity);
    this.identityUses.note({ orgId, userId, issuer: identity.issuer, ipAddress });
    return { actor: { type: 'user', id: userId }, orgId, permissions: permissionsWithoutSession(role) };
  }

  private async byApiKey(parts: ApiKeyParts, ipAddress: string): Promise<Principal> {
    const { orgId, id, scopes } = await this.keys.recognise(parts);
    this.uses.note(orgId, id, ipAddress);
    return { actor: { type: 'api_key', id }, orgId, permissions: knownScopes(scopes) };
  }
}
