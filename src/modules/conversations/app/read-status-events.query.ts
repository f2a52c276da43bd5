import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { MessageViewsRepository } from '../db/message-views.repository';
import { StatusEvents, type StatusEventRow } from '../db/status-events.repository';
import { MessageNotFound } from '../domain/errors';
import type { StatusEvent } from '../domain/status-event';

/** What a provider said about a message, and when we heard of it. */
export type StatusEventView = StatusEvent & { readonly id: Uuid; readonly recordedAt: Date };

/** What providers said about a message. */
@Injectable()
export class ReadStatusEvents {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly events: StatusEvents,
    private readonly messages: MessageViewsRepository,
  ) {}

  /** Oldest first. Throws `MessageNotFound` and `BadCursor`. */
  async page(messageId: Uuid, limit: number, cursor: string | undefined): Promise<Page<StatusEventView>> {
    const { items, nextCursor } = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['status-events', messageId],
      limit,
      cursor,
      read: (after, count) => this.events.list(messageId, after, count),
      position: ({ position, id }) => [position, id],
    });
    if (items.length === 0 && !(await this.messages.find(messageId))) throw new MessageNotFound();
    return { items: items.map(viewOf), nextCursor };
  }
}

const viewOf = ({ position: _, ...view }: StatusEventRow): StatusEventView => view;
