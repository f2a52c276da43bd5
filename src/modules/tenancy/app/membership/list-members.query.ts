import { Injectable } from '@nestjs/common';
import type { OrgScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { MembershipsRepository, type MemberRow, type MemberView } from '../../db/memberships.repository';

/** Without the membership's own id, which nothing takes: a member is named by their user. */
export function memberView({
  userId,
  email,
  firstName,
  lastName,
  role,
  status,
  ...times
}: MemberRow): MemberView {
  const { joinedAt, lastSignInAt, version } = times;
  return { userId, email, firstName, lastName, role, status, joinedAt, lastSignInAt, version };
}

/** The organization's members, in the order in which they joined. */
@Injectable()
export class ListMembers {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly memberships: MembershipsRepository,
  ) {}

  /** Names of people are read as the service role. */
  async page(scope: OrgScope, limit: number, cursor: string | undefined): Promise<Page<MemberView>> {
    const page = await this.database.runInOrg({ ...scope, pool: 'service', readOnly: true }, () =>
      this.cursors.list({
        orgId: scope.orgId,
        filter: 'members',
        limit,
        cursor,
        read: (after, rows) => this.memberships.list(after?.[1] ?? null, rows),
        position: ({ membershipId }) => ['', membershipId],
      }),
    );
    return { ...page, items: page.items.map(memberView) };
  }
}
