import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { AuditTrail } from '../../audit';
import { PeopleRepository } from '../db/people.repository';
import { SessionsRepository } from '../db/sessions.repository';
import { OrganizationNotFound, OrganizationSuspended } from '../domain/errors';
import { AccessTokens } from './access-tokens';
import { organizationView, type SwitchedOrganization } from './session-views';

/** Lets a member of several organizations go on in another one, within the same session. */
@Injectable()
export class SwitchOrganization {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly sessions: SessionsRepository,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
  ) {}

  /** `target` comes from the body and is a wish: it becomes a scope only after the user is found to belong there. */
  async execute(scope: OrgScope, userId: Uuid, sessionId: Uuid, target: Uuid): Promise<SwitchedOrganization> {
    const membership = (await this.people.memberships(userId)).find(({ orgId }) => orgId === target);
    if (!membership) throw new OrganizationNotFound();
    if (membership.orgStatus !== 'active') throw new OrganizationSuspended();
    const { orgId, role } = membership;
    await this.database.runInOrg({ ...scope, orgId, pool: 'service' }, async () => {
      await this.people.noteArrival(userId);
      await this.sessions.moveTo(sessionId, orgId);
      await this.audit.record({
        eventType: 'tenancy.organization-switched',
        operation: 'SIGN_IN',
        tableName: 'auth_sessions',
        recordId: sessionId,
        orgId,
        actor: scope.actor,
      });
    });
    const token = await this.tokens.issue({ userId, orgId, role, sessionId });
    return { ...token, organization: organizationView(membership), role };
  }
}
