import { Injectable } from '@nestjs/common';
import { storableAddress } from '../../../common/http';
import { sha256 } from '../../../common/crypto';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { SessionsRepository, type RefreshRow } from '../db/sessions.repository';
import { SessionEnded } from '../domain/errors';
import { judgeRefresh } from '../domain/session';
import { AccessTokens, type AccessToken } from './access-tokens';
import { randomSecret } from './secrets';
import { SessionLifetime } from './session-lifetime';
import { SessionStates } from './session-states';

/** A new access token, and the refresh token that replaces the one given. */
export interface Refreshed extends AccessToken {
  readonly refreshToken: string;
}

/** Exchanges a refresh token for the next one. A token that comes a second time ends the whole session. */
@Injectable()
export class RefreshSession {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly states: SessionStates,
    private readonly lifetime: SessionLifetime,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws `SessionEnded` and `OrganizationSuspended`. */
  async execute(refreshToken: string, ipAddress: string): Promise<Refreshed> {
    const next = randomSecret();
    // A reuse must be committed before it is refused: an error thrown within would undo the revocation.
    const { row, verdict } = await this.database.runAsPlatform(async () => {
      const row = await this.sessions.lockByToken(sha256(refreshToken));
      if (!row) throw new SessionEnded();
      const verdict = judgeRefresh(row);
      if (verdict === 'rotate') await this.sessions.rotate(row, sha256(next), this.lifetime.end());
      else await this.endStolen(row, storableAddress(ipAddress));
      return { row, verdict };
    });
    const { userId, orgId, sessionId, role } = row;
    if (verdict === 'reuse') this.states.forget(sessionId);
    if (verdict === 'reuse' || role === null) throw new SessionEnded();
    return { ...(await this.tokens.issue({ userId, orgId, role, sessionId })), refreshToken: next };
  }

  private async endStolen(
    { sessionId, userId, orgId }: RefreshRow,
    ipAddress: string | undefined,
  ): Promise<void> {
    await this.sessions.revoke(sessionId);
    await this.audit.record({
      eventType: 'tenancy.refresh-reuse',
      operation: 'REVOKE',
      tableName: 'auth_sessions',
      recordId: sessionId,
      orgId,
      actor: { type: 'user', id: userId },
      ...(ipAddress === undefined ? {} : { ipAddress }),
    });
  }
}
