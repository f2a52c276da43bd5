import { Injectable } from '@nestjs/common';
import type { OrgScope, Uuid } from '../../../../common/context';
import { AuditTrail } from '../../../audit';
import { WebhookLogPages } from '../../db/webhook-record/webhook-log-pages.repository';
import { WebhookReplays } from '../../db/webhook-record/webhook-replays.repository';
import { WebhookLogGone } from '../../domain/webhook-errors';
import { webhookLogView, type WebhookLogView } from './webhook-log-views';
import { obstacleTo, WebhookReplaying } from './webhook-replaying';

/** Has one delivery worked off again. What was done already is left alone. */
@Injectable()
export class ReplayWebhook {
  constructor(
    private readonly replays: WebhookReplays,
    private readonly replaying: WebhookReplaying,
    private readonly logs: WebhookLogPages,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws {@link WebhookLogGone}, and the errors of `domain/replay-errors.ts`. */
  async execute(scope: OrgScope, id: Uuid): Promise<WebhookLogView> {
    const row = await this.replays.lock(id);
    if (!row) throw new WebhookLogGone();
    const [replay] = await this.replaying.aimAt([row]);
    const obstacle = replay && obstacleTo(replay);
    if (!replay || obstacle) throw obstacle ?? new WebhookLogGone();
    await this.replaying.carryOut([replay], scope);
    await this.audit.record({
      eventType: 'channels.webhook-replayed',
      operation: 'REPLAY',
      orgId: scope.orgId,
      actor: scope.actor,
      tableName: 'webhook_logs',
      recordId: id,
    });
    const noted = await this.logs.find(id);
    if (!noted) throw new WebhookLogGone();
    return webhookLogView(noted);
  }
}
