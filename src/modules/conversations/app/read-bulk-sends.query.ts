import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { BulkMessages } from '../db/bulk-messages.repository';
import { BulkRecipients, type RecipientView } from '../db/bulk-recipients.repository';
import { BulkSends, type BulkSendRow } from '../db/bulk-sends.repository';
import { BulkSendNotFound } from '../domain/bulk-errors';
import { figuresOf, type BulkFigures, type RecipientOutcome } from '../domain/bulk-figures';
import type { BulkSendStatus } from '../domain/bulk-send';

/** A bulk send as lists show it. */
export type BulkSendItem = Pick<
  BulkSendRow,
  | 'id'
  | 'name'
  | 'status'
  | 'problem'
  | 'connectionId'
  | 'templateId'
  | 'variables'
  | 'segment'
  | 'perMinute'
  | 'sendAt'
  | 'total'
  | 'startedAt'
  | 'finishedAt'
  | 'createdAt'
  | 'updatedAt'
  | 'version'
>;

/** The same by itself: with how far it has come. */
export interface BulkSendView extends BulkSendItem {
  readonly figures: BulkFigures;
}

/** Bulk sends, how far they have come, and what became of everybody. */
@Injectable()
export class ReadBulkSends {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly bulkSends: BulkSends,
    private readonly messages: BulkMessages,
    private readonly everybody: BulkRecipients,
  ) {}

  /** Newest first. Throws `BadCursor`. */
  page(
    { status }: { readonly status?: BulkSendStatus },
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<BulkSendItem>> {
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['bulk-sends', status],
      limit,
      cursor,
      read: async (after, most) => (await this.bulkSends.list(status, after, most)).map(itemOf),
      position: ({ id }) => ['', id],
    });
  }

  /** Throws {@link BulkSendNotFound}. */
  async one(id: Uuid): Promise<BulkSendView> {
    const found = await this.bulkSends.find(id);
    if (!found) throw new BulkSendNotFound();
    const statuses = await this.messages.statuses(id);
    return { ...itemOf(found), figures: figuresOf(found, statuses) };
  }

  /** In the order in which they were looked at. Throws {@link BulkSendNotFound} and `BadCursor`. */
  async recipients(
    id: Uuid,
    { outcome }: { readonly outcome?: RecipientOutcome },
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<RecipientView>> {
    if (!(await this.bulkSends.find(id))) throw new BulkSendNotFound();
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['bulk-send-recipients', id, outcome],
      limit,
      cursor,
      read: (after, most) => this.everybody.list(id, outcome, after, most),
      position: (recipient) => ['', recipient.id],
    });
  }
}

/** Without what only the run needs. */
function itemOf(row: BulkSendRow): BulkSendItem {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    problem: row.problem,
    connectionId: row.connectionId,
    templateId: row.templateId,
    variables: row.variables,
    segment: row.segment,
    perMinute: row.perMinute,
    sendAt: row.sendAt,
    total: row.total,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}
