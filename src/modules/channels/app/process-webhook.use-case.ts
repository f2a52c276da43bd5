import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import type { OrgJobPayload } from '../../../common/jobs';
import { ConnectionsRepository, summaryOf } from '../db/connections.repository';
import { WebhookLogsRepository } from '../db/webhook-logs.repository';
import { MessageStatusReported, type WebhookRef } from '../domain/webhook-events';
import { CALL_TYPES, webhookType } from '../domain/webhook-source';
import { ReceiveCall } from './calls/receive-call.use-case';
import { LoggedDeliveries } from './logged-deliveries.query';
import { ReceiveInboundMessage } from './receive-inbound-message.use-case';

/** As `accept_webhook()` queues it. */
export interface QueuedDelivery extends OrgJobPayload, WebhookRef {
  readonly connectionId: Uuid;
  /** Row of `processed_webhook_events`. */
  readonly eventId: Uuid;
}

/** Works off one delivery, once: what has been worked off is left alone, however often its job runs. */
@Injectable()
export class ProcessWebhook {
  constructor(
    private readonly database: Database,
    private readonly logs: WebhookLogsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly deliveries: LoggedDeliveries,
    private readonly receive: ReceiveInboundMessage,
    private readonly calls: ReceiveCall,
    private readonly events: EventBus,
  ) {}

  /** In the transaction at hand. What can never succeed is noted on the log and does not throw. */
  async execute(delivery: QueuedDelivery, startedAt: Date): Promise<void> {
    if (!(await this.logs.lockEvent(delivery.eventId))) return;
    const failure = await this.process(delivery);
    await this.logs.finish(delivery, delivery.eventId, startedAt, failure);
  }

  private async process(delivery: QueuedDelivery): Promise<string | null> {
    const { connectionId, webhookLogId, receivedAt } = delivery;
    const { orgId } = this.database.tx;
    const logged = await this.logs.find(delivery);
    if (!logged) return 'webhook_log_expired';
    if (logged.webhook_type === webhookType('status')) {
      await this.events.publish(new MessageStatusReported({ orgId, connectionId, webhookLogId, receivedAt }));
      return null;
    }
    if (CALL_TYPES.includes(logged.webhook_type)) {
      const call = this.deliveries.callOf(logged);
      if (!call) return 'sender_erased';
      await this.calls.execute(call, { connectionId, webhookLogId, receivedAt });
      return null;
    }
    const connection = await this.connections.find(connectionId);
    if (!connection) return 'connection_removed';
    const message = this.deliveries.messageOf(logged);
    if (!message) return 'sender_erased';
    const isVouchedFor = logged.verdict === null;
    await this.receive.execute(summaryOf(connection), message, { webhookLogId, receivedAt }, isVouchedFor);
    return null;
  }
}
