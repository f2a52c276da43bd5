import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { ConnectionsRepository } from '../../db/connections.repository';
import { SharedNumbers, type SharedNumberMember } from '../../db/shared-numbers/shared-numbers.repository';
import { MemberNotFound, SharedNumberNotFound } from '../../domain/shared-number-errors';
import { ConnectionViews, type ConnectionView } from '../connection-views';

/** An organization that uses a number, as the operator sees it. */
export interface MemberView {
  readonly organizationId: Uuid;
  readonly name: string;
  readonly isSuspended: boolean;
  readonly isActive: boolean;
  readonly since: Date;
}

/** The operator's numbers, and who uses them. */
@Injectable()
export class ReadSharedNumbers {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly connections: ConnectionsRepository,
    private readonly numbers: SharedNumbers,
    private readonly views: ConnectionViews,
  ) {}

  /** One page of the numbers, newest first. In the transaction at hand. */
  async page(limit: number, cursor: string | undefined): Promise<Page<ConnectionView>> {
    const page = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: 'shared-numbers',
      limit,
      cursor,
      read: (after, count) => this.connections.listShared(count, after?.[1] ?? null),
      position: ({ id }) => ['', id],
    });
    return { ...page, items: page.items.map((row) => this.views.of(row)) };
  }

  /** One page of those who use a number, oldest first. Throws `SharedNumberNotFound`. */
  members(
    scope: OrgScope,
    numberId: Uuid,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<MemberView>> {
    return this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      await this.number(numberId);
      const page = await this.cursors.list({
        orgId: scope.orgId,
        filter: ['shared-number-members', numberId],
        limit,
        cursor,
        read: (after, count) => this.numbers.members(numberId, after?.[1] ?? null, count),
        position: ({ id }) => ['', id],
      });
      return { ...page, items: page.items.map(memberView) };
    });
  }

  /** In the transaction at hand. Throws `SharedNumberNotFound`. */
  async number(id: Uuid): Promise<ConnectionView> {
    const row = await this.connections.find(id);
    if (row?.routing !== 'shared' || row.shared_connection_id !== null) throw new SharedNumberNotFound();
    return this.views.of(row);
  }

  /** In the transaction at hand. Throws `MemberNotFound`. */
  async member(numberId: Uuid, wanted: Uuid): Promise<MemberView> {
    const members = await this.numbers.members(numberId, null, null);
    const member = members.find(({ organizationId }) => organizationId === wanted);
    if (!member) throw new MemberNotFound();
    return memberView(member);
  }
}

function memberView({ organizationId, name, isSuspended, isActive, since }: SharedNumberMember): MemberView {
  return { organizationId, name, isSuspended, isActive, since };
}
