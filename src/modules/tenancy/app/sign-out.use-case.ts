import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { SessionsRepository } from '../db/sessions.repository';
import { SessionStates } from './session-states';

/** Ends the caller's session: its access and refresh tokens stop working. */
@Injectable()
export class SignOut {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly states: SessionStates,
    private readonly audit: AuditTrail,
  ) {}

  async execute(scope: OrgScope, sessionId: Uuid): Promise<void> {
    const { orgId, actor } = scope;
    await this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      await this.sessions.revoke(sessionId);
      await this.audit.record({
        eventType: 'tenancy.sign-out',
        operation: 'SIGN_OUT',
        tableName: 'auth_sessions',
        recordId: sessionId,
        orgId,
        actor,
      });
    });
    this.states.forget(sessionId);
  }
}
