import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { AuditTrail } from '../../../audit';
import { SessionsRepository } from '../../db/sessions.repository';
import { SessionNotFound } from '../../domain/session-errors';
import { SessionStates } from '../session-states';

/** Ends sessions of the caller from afar: one that they name, or all of them. */
@Injectable()
export class EndSessions {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly states: SessionStates,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws {@link SessionNotFound} for one that is over, too. */
  async one(scope: OrgScope, userId: Uuid, sessionId: Uuid): Promise<void> {
    await this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      if (!(await this.sessions.revokeOf(userId, sessionId))) throw new SessionNotFound();
      await this.record(scope, 'tenancy.session-revoked', sessionId);
    });
    this.states.forget(sessionId);
  }

  /** The one at hand included. */
  async all(scope: OrgScope, userId: Uuid, sessionId: Uuid): Promise<void> {
    const ended = await this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      await this.record(scope, 'tenancy.sign-out-everywhere', sessionId);
      return this.sessions.revokeAll(userId);
    });
    for (const id of ended) this.states.forget(id);
  }

  private record({ orgId, actor }: OrgScope, eventType: `tenancy.${string}`, recordId: Uuid): Promise<void> {
    return this.audit.record({
      eventType,
      operation: 'SIGN_OUT',
      tableName: 'auth_sessions',
      recordId,
      orgId,
      actor,
    });
  }
}
