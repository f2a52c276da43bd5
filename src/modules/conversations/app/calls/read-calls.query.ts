import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import { CallViewsRepository, type CallFilter } from '../../db/calls/call-views.repository';
import { CallNotFound } from '../../domain/call-errors';
import { MediaViews } from '../media/media-view';
import { callView, type CallView } from './call-view';

/** The organization's calls. */
@Injectable()
export class ReadCalls {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly views: CallViewsRepository,
    private readonly media: MediaViews,
  ) {}

  /** Throws `CallNotFound`. */
  async one(id: Uuid): Promise<CallView> {
    const row = await this.views.find(id);
    if (!row) throw new CallNotFound();
    return callView(row, await this.filesOf([row]));
  }

  /** Newest first. Throws `BadCursor`. */
  page(
    { direction, status, connectionId, contactId, from, to }: CallFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<CallView>> {
    const wanted = { direction, status, connectionId, contactId, from, to };
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['calls', wanted],
      limit,
      cursor,
      read: async (after, most) => {
        const rows = await this.views.list(wanted, after, most);
        const files = await this.filesOf(rows);
        return rows.map((row) => callView(row, files));
      },
      position: ({ startedAt, id }) => [startedAt.toISOString(), id],
    });
  }

  private filesOf(
    rows: readonly { readonly messageId: Uuid | null; readonly recordingId: string | null }[],
  ): ReturnType<MediaViews['ofMessages']> {
    return this.media.ofMessages(
      rows.flatMap(({ messageId, recordingId }) => (messageId && recordingId !== null ? [messageId] : [])),
    );
  }
}
