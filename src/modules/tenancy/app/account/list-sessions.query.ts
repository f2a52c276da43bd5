import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { Cursors, type Page } from '../../../../common/http';
import { SessionsRepository, type ListedSessionRow } from '../../db/sessions.repository';

/** A session, as its user sees it. */
export interface SessionView extends ListedSessionRow {
  /** The one that asks. */
  readonly isCurrent: boolean;
}

/** Where a person is signed in, whichever of their organizations it leads to; newest first. */
@Injectable()
export class ListSessions {
  constructor(
    private readonly cursors: Cursors,
    private readonly sessions: SessionsRepository,
  ) {}

  async page(list: {
    scope: OrgScope;
    userId: Uuid;
    sessionId: Uuid;
    limit: number;
    cursor: string | undefined;
  }): Promise<Page<SessionView>> {
    const { scope, userId, sessionId, limit, cursor } = list;
    const page = await this.cursors.list({
      orgId: scope.orgId,
      filter: ['sessions', userId],
      limit,
      cursor,
      read: (after, rows) => this.sessions.listOf(userId, after?.[1] ?? null, rows),
      position: ({ id }) => ['', id],
    });
    return { ...page, items: page.items.map((row) => ({ ...row, isCurrent: row.id === sessionId })) };
  }
}
