import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { AuditTrail } from '../../../audit';
import { PeopleRepository } from '../../db/people.repository';
import { SessionEnded } from '../../domain/errors';
import { userView, type UserView } from '../session-views';

/** What a person calls themselves; what is left out stays. */
export interface ProfileChange {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
}

/**
 * Changes the caller's names, in every organization. Address and phone number are not changed here: one is what they sign in
 * with, the other decides where a message to a shared number goes, and neither is proven by a wish.
 */
@Injectable()
export class ChangeProfile {
  constructor(
    private readonly database: Database,
    private readonly people: PeopleRepository,
    private readonly audit: AuditTrail,
  ) {}

  async execute(scope: OrgScope, userId: Uuid, { firstName, lastName }: ProfileChange): Promise<UserView> {
    const { orgId, actor } = scope;
    const row = await this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      const renamed = await this.people.rename(userId, firstName ?? null, lastName ?? null);
      await this.audit.record({
        eventType: 'tenancy.profile-changed',
        operation: 'UPDATE',
        tableName: 'users',
        recordId: userId,
        orgId,
        actor,
      });
      return renamed;
    });
    if (!row) throw new SessionEnded();
    return userView(row);
  }
}
