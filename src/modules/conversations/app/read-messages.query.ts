import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { ConversationViewsRepository } from '../db/conversation-views.repository';
import { MessageViewsRepository, type MessageViewRow } from '../db/message-views.repository';
import { ConversationNotFound, MessageNotFound } from '../domain/errors';
import { MediaViews } from './media/media-view';
import { messageView, type MessageView } from './message-view';

/** What was said. */
@Injectable()
export class ReadMessages {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly views: MessageViewsRepository,
    private readonly conversations: ConversationViewsRepository,
    private readonly media: MediaViews,
  ) {}

  /** Throws `MessageNotFound`. */
  async one(id: Uuid): Promise<MessageView> {
    const row = await this.views.find(id);
    if (!row) throw new MessageNotFound();
    return messageView(row, (await this.mediaOf([row])).get(id) ?? []);
  }

  /** What waits for its time, the soonest first. Throws `BadCursor`. */
  async held(limit: number, cursor: string | undefined): Promise<Page<MessageView>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['held messages'],
      limit,
      cursor,
      read: async (after, count) => this.shown(await this.views.held(after, count)),
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
    const media = await this.mediaOf(rows);
    return this.cursors.page({
      orgId,
      filter,
      rows,
      limit,
      position: (row) => [row.created_at.toISOString(), row.id],
      item: (row) => messageView(row, media.get(row.id) ?? []),
    });
  }

  private async shown(rows: readonly MessageViewRow[]): Promise<MessageView[]> {
    const media = await this.mediaOf(rows);
    return rows.map((row) => messageView(row, media.get(row.id) ?? []));
  }

  /** Most messages have no file: then nothing is asked. */
  private mediaOf(rows: readonly MessageViewRow[]): ReturnType<MediaViews['ofMessages']> {
    return this.media.ofMessages(rows.filter(({ media }) => media.length > 0).map(({ id }) => id));
  }
}
