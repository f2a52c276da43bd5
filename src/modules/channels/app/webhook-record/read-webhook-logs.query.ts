import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Cursors, type Page } from '../../../../common/http';
import type { WebhookLogFilter } from '../../db/webhook-record/webhook-log-filter';
import { WebhookLogPages } from '../../db/webhook-record/webhook-log-pages.repository';
import { WebhookLogGone } from '../../domain/webhook-errors';
import { webhookLogView, type WebhookLogView } from './webhook-log-views';

/** With what was delivered. */
export interface WholeWebhookLogView extends WebhookLogView {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface WebhookLogQuery extends WebhookLogFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What was delivered to the organization at hand. */
@Injectable()
export class ReadWebhookLogs {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly logs: WebhookLogPages,
  ) {}

  /** One page, newest first. */
  async page({ limit, cursor, ...filter }: WebhookLogQuery): Promise<Page<WebhookLogView>> {
    const page = await this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['webhook-logs', filter],
      limit,
      cursor,
      read: (after, rows) => this.logs.list(filter, rows, after && { receivedAt: after[0], id: after[1] }),
      position: (row) => [row.received_at.toISOString(), row.id],
    });
    return { ...page, items: page.items.map(webhookLogView) };
  }

  /** One delivery, whole. Throws {@link WebhookLogGone}. */
  async byId(id: Uuid): Promise<WholeWebhookLogView> {
    const row = await this.logs.find(id);
    if (!row) throw new WebhookLogGone();
    return { ...webhookLogView(row), url: row.url, headers: row.headers, payload: row.payload };
  }
}
