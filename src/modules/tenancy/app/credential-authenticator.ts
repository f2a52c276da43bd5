import { Injectable } from '@nestjs/common';
import { Authenticator, type Credentials, type Principal } from '../../../common/auth';
import { parseApiKey, type ApiKeyParts } from '../domain/api-key';
import { bearerToken } from '../domain/authorization-header';
import { NoCredential } from '../domain/errors';
import { permissionsOf } from '../domain/roles';
import { knownScopes } from '../domain/scopes';
import { AccessTokens } from './access-tokens';
import { ApiKeyStates } from './api-key-states';
import { ApiKeyUses } from './api-key-uses';
import { SessionStates } from './session-states';

/** Recognises a caller by an access token or an API key, both sent as `Authorization: Bearer …`. */
@Injectable()
export class CredentialAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionStates,
    private readonly keys: ApiKeyStates,
    private readonly uses: ApiKeyUses,
  ) {
    super();
  }

  async authenticate({ authorization, ipAddress }: Credentials): Promise<Principal> {
    const token = bearerToken(authorization);
    if (token === undefined) throw new NoCredential();
    const key = parseApiKey(token);
    return key ? this.byApiKey(key, ipAddress) : this.byAccessToken(token);
  }

  private async byAccessToken(token: string): Promise<Principal> {
    const claims = await this.tokens.verify(token);
    const { userId, orgId, sessionId } = claims;
    const { role, isPlatformOwner } = await this.sessions.standing(claims);
    const permissions = permissionsOf(role, isPlatformOwner);
    return { actor: { type: 'user', id: userId }, orgId, sessionId, permissions };
  }

  private async byApiKey(parts: ApiKeyParts, ipAddress: string): Promise<Principal> {
    const { orgId, id, scopes } = await this.keys.recognise(parts);
    this.uses.note(orgId, id, ipAddress);
    return { actor: { type: 'api_key', id }, orgId, permissions: knownScopes(scopes) };
  }
}
