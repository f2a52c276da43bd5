import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import type { MemberView } from '../../db/memberships.repository';
import type { Role } from '../../domain/roles';
import { memberView } from './list-members.query';
import { MemberChanges } from './member-changes';

/** Gives a member another role; it holds on this instance at once, on others within a second. */
@Injectable()
export class ChangeMemberRole {
  constructor(private readonly changes: MemberChanges) {}

  /** Throws `MemberNotFound`, `OwnersOnly`, `LastOwner` and `StaleVersion`. */
  async execute(scope: OrgScope, userId: Uuid, role: Role, ifMatch: number | undefined): Promise<MemberView> {
    const by = () => this.changes.authorityOf(scope);
    return memberView(await this.changes.apply({ scope, userId, to: role, ifMatch, by }));
  }
}
