import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { ConversationViewsRepository } from '../db/conversation-views.repository';
import { MessageViewsRepository } from '../db/message-views.repository';
import { ConversationNotFound, MessageNotFound } from '../domain/errors';
import { messageView, type MessageView } from './message-view';

/** What was said. */
@Injectable()
export class ReadMessages {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly views: MessageViewsRepository,
    private readonly conversations: ConversationViewsRepository,
  ) {}

  /** Throws `MessageNotFound`. */
  async one(id: Uuid): Promise<MessageView> {
    const row = await this.views.find(id);
    if (!row) throw new MessageNotFound();
    return messageView(row);
  }

  /** What waits for its time, the soonest first. Throws `BadCursor`. */
  async held(limit: number, cursor: string | undefined): Promise<Page<MessageView>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['held messages'],
      limit,
      cursor,
      read: async (after, count) => (await this.views.held(after, count)).map(messageView),
      position: ({ heldUntil, id }) => [heldUntil?.toISOString() ?? '', id],
    });
  }

  /** The messages of one conversation, newest first. Throws `ConversationNotFound` and `BadCursor`. */
  async page(conversationId: Uuid, limit: number, cursor: string | undefined): Promise<Page<MessageView>> {
    const { orgId } = this.database.tx;
    const filter = ['messages', conversationId];
    const after = cursor === undefined ? null : this.cursors.read(orgId, filter, cursor);
    const rows = await this.views.list(conversationId, after, limit + 1);
    // Every conversation has a message, so this costs nothing but where there is none.
    if (rows.length === 0 && !(await this.conversations.exists(conversationId)))
      throw new ConversationNotFound();
    return this.cursors.page({
      orgId,
      filter,
      rows,
      limit,
      position: (row) => [row.created_at.toISOString(), row.id],
      item: messageView,
    });
  }
}
