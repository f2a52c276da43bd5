import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { Cursors, type Page } from '../../../../common/http';
import { Clock } from '../../../../common/time/clock';
import {
  PlatformWebhookLogs,
  type PlatformWebhookFilter,
  type PlatformWebhookRow,
} from '../../db/webhook-record/platform-webhook-logs.repository';
import { logPeriod } from '../../domain/log-period';
import { outlineOf, type WebhookOutlineView } from './webhook-log-views';

/** A delivery as the operator sees it. */
export interface PlatformWebhookView extends WebhookOutlineView {
  readonly organizationId: Uuid | null;
  readonly number: string | null;
}

export interface PlatformWebhookQuery extends PlatformWebhookFilter {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What was delivered to all organizations, as far as it is the operator's business. */
@Injectable()
export class ReadPlatformWebhookLogs {
  constructor(
    private readonly cursors: Cursors,
    private readonly logs: PlatformWebhookLogs,
    private readonly clock: Clock,
  ) {}

  /** One page, newest first. `orgId`: the operator's own, to which the cursor is bound. Throws `PeriodInvalid`. */
  async page(orgId: Uuid, query: PlatformWebhookQuery): Promise<Page<PlatformWebhookView>> {
    const { limit, cursor, from, to, ...filter } = query;
    const period = logPeriod({ from, to }, this.clock.now());
    const page = await this.cursors.list({
      orgId,
      filter: ['platform-webhook-logs', { ...filter, from, to }],
      limit,
      cursor,
      read: (after, rows) => this.logs.list(filter, period, after, rows),
      position: (row) => [row.received_at.toISOString(), row.id],
    });
    return { ...page, items: page.items.map(platformViewOf) };
  }
}

function platformViewOf(row: PlatformWebhookRow): PlatformWebhookView {
  return { ...outlineOf(row), organizationId: row.org_id, number: row.number };
}
