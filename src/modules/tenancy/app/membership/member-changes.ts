import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { checkVersion } from '../../../../common/http';
import { MembershipsRepository, type MemberRow } from '../../db/memberships.repository';
import { SessionsRepository } from '../../db/sessions.repository';
import { MemberNotFound, NotAllowedAnyMore } from '../../domain/member-errors';
import { checkMemberChange } from '../../domain/member-rules';
import { permissionsOf, type Role } from '../../domain/roles';
import { SessionStates } from '../session-states';

/** Changes who is what in an organization: one change after the other, and felt at once. */
@Injectable()
export class MemberChanges {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsRepository,
    private readonly sessions: SessionsRepository,
    private readonly states: SessionStates,
  ) {}

  /**
   * What the caller may hand out; an API key no more than an admin. Asked under lock, which the transaction keeps: it may
   * have changed just now.
   */
  async authorityOf({ actor }: OrgScope): Promise<Role> {
    await this.memberships.lock();
    if (actor.type !== 'user' || actor.id === null) return 'admin';
    const role = await this.memberships.roleOf(actor.id);
    if (!role || !permissionsOf(role).has('members.manage')) throw new NotAllowedAnyMore();
    return role;
  }

  /**
   * Gives a member another role, or none. `by` says what the caller may. Sessions of someone who goes end. Throws
   * `MemberNotFound`, `OwnersOnly`, `LastOwner`, `StaleVersion` and what `by` throws.
   */
  async apply(change: {
    readonly scope: OrgScope;
    readonly userId: Uuid;
    readonly to: Role | null;
    readonly ifMatch?: number | undefined;
    readonly by: (member: MemberRow) => Promise<Role> | Role;
  }): Promise<MemberRow> {
    const { userId, to } = change;
    const { member, sessions } = await this.database.runInOrg(
      { ...change.scope, pool: 'service' },
      async () => {
        await this.memberships.lock();
        const before = await this.memberships.find(userId);
        if (!before) throw new MemberNotFound();
        checkVersion(before.version, change.ifMatch);
        const owners = await this.memberships.countOwners();
        checkMemberChange({ by: await change.by(before), from: before.role, to, owners });
        const ids = await this.sessions.idsOf(userId);
        if (to === null) await this.remove(change.scope.orgId, userId);
        else await this.memberships.changeRole(userId, to);
        return { member: (await this.memberships.find(userId)) ?? before, sessions: ids };
      },
    );
    for (const id of sessions) this.states.forget(id);
    return member;
  }

  private async remove(orgId: Uuid, userId: Uuid): Promise<void> {
    await this.memberships.remove(userId);
    await this.sessions.revokeAll(userId, { inOrg: orgId });
  }
}
