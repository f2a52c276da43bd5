import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { Clock } from '../../../common/time/clock';
import { ConversationViewsRepository, type ConversationFilter } from '../db/conversation-views.repository';
import { ConversationNotFound } from '../domain/errors';
import { conversationView, type ConversationView } from './conversation-view';

/** The organization's conversations. */
@Injectable()
export class ReadConversations {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly views: ConversationViewsRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws `ConversationNotFound`. */
  async one(id: Uuid): Promise<ConversationView> {
    const row = await this.views.find(id);
    if (!row) throw new ConversationNotFound();
    return conversationView(row, this.clock.now());
  }

  /** By newest message, newest first. Throws `BadCursor`. */
  async page(
    { status, assigneeId, connectionId, contactId }: ConversationFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<ConversationView>> {
    const { orgId } = this.database.tx;
    const wanted = { status, assigneeId, connectionId, contactId };
    const filter = ['conversations', wanted];
    const after = cursor === undefined ? null : this.cursors.read(orgId, filter, cursor);
    const rows = await this.views.list(wanted, after, limit + 1);
    const now = this.clock.now();
    return this.cursors.page({
      orgId,
      filter,
      rows,
      limit,
      position: (row) => [row.last_message_at.toISOString(), row.id],
      item: (row) => conversationView(row, now),
    });
  }
}
