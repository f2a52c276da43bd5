import { Injectable } from '@nestjs/common';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { InvitationsRepository, type InvitationRow } from '../../db/invitations.repository';
import type { InvitationState } from '../../domain/invitation';

/** The organization's invitations, newest first, closed ones included. */
@Injectable()
export class ListInvitations {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly invitations: InvitationsRepository,
  ) {}

  page(list: {
    state: InvitationState | undefined;
    limit: number;
    cursor: string | undefined;
  }): Promise<Page<InvitationRow>> {
    const { state, limit, cursor } = list;
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['invitations', state],
      limit,
      cursor,
      read: (after, rows) => this.invitations.list(state, after?.[1] ?? null, rows),
      position: ({ id }) => ['', id],
    });
  }
}
