import { Injectable } from '@nestjs/common';
import type { OrgScope } from '../../../../common/context';
import { Cursors } from '../../../../common/http';
import { AuditTrail } from '../../../audit';
import type { WebhookLogFilter } from '../../db/webhook-record/webhook-log-filter';
import { WebhookReplays, type ReplayableRow } from '../../db/webhook-record/webhook-replays.repository';
import { obstacleTo, WebhookReplaying } from './webhook-replaying';

/** Which deliveries to replay: a period, and of it what fits. */
export interface ReplayRange extends WebhookLogFilter {
  readonly from: Date;
  readonly to: Date;
  readonly cursor?: string | undefined;
}

/** What came of it. */
export interface ReplayResult {
  /** Deliveries that are worked off again. */
  readonly replayed: number;
  /** Those that cannot be: refused, erased, or too old. */
  readonly skipped: number;
  /** Where to go on; null when that was all. */
  readonly next: string | null;
}

/** So many are looked at by one request, and in one transaction. */
const AT_ONCE = 1_000;

/** Has the deliveries of a period worked off again, in the order in which they came. What was done already is left alone. */
@Injectable()
export class ReplayWebhooks {
  constructor(
    private readonly cursors: Cursors,
    private readonly replays: WebhookReplays,
    private readonly replaying: WebhookReplaying,
    private readonly audit: AuditTrail,
  ) {}

  async execute(scope: OrgScope, { cursor, ...filter }: ReplayRange): Promise<ReplayResult> {
    const { items, nextCursor } = await this.cursors.list<ReplayableRow>({
      orgId: scope.orgId,
      filter: ['webhook-replay', filter],
      limit: AT_ONCE,
      cursor,
      read: (after, rows) => this.replays.lockRange(filter, after, rows),
      position: ({ at, id }) => [at, id],
    });
    const aimed = await this.replaying.aimAt(items);
    const possible = aimed.filter((replay) => !obstacleTo(replay));
    await this.replaying.carryOut(possible, scope);
    const counts = { replayed: possible.length, skipped: aimed.length - possible.length };
    // The provider's id can hold a customer's number (Meta's does), and the trail is for good.
    const { externalId: _, ...told } = filter;
    await this.audit.record({
      eventType: 'channels.webhooks-replayed',
      operation: 'REPLAY',
      orgId: scope.orgId,
      actor: scope.actor,
      tableName: 'webhook_logs',
      new: { ...told, ...counts },
    });
    return { ...counts, next: nextCursor };
  }
}
