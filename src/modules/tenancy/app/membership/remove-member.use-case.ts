import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { MemberChanges } from './member-changes';

/** Takes a member out of the organization, or lets one go. What they did stays; what was assigned to them is nobody's. */
@Injectable()
export class RemoveMember {
  constructor(private readonly changes: MemberChanges) {}

  /** Throws `MemberNotFound`, `OwnersOnly`, `LastOwner` and `StaleVersion`. */
  async execute(scope: OrgScope, userId: Uuid, ifMatch: number | undefined): Promise<void> {
    await this.changes.apply({
      scope,
      userId,
      to: null,
      ifMatch,
      by: () => this.changes.authorityOf(scope),
    });
  }

  /** Whoever belongs somewhere may leave, unless they are the last owner. Throws `LastOwner`. */
  async leave(scope: OrgScope, userId: Uuid): Promise<void> {
    await this.changes.apply({ scope, userId, to: null, by: ({ role }) => role });
  }
}
