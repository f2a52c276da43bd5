import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ConnectionsRepository, summaryOf } from '../db/connections.repository';
import {
  WebhookLogsRepository,
  type DeliveryEnd,
  type LoggedDeliveryRow,
} from '../db/webhook-logs.repository';
import { MessageStatusReported, TemplatesReported, type WebhookRef } from '../domain/webhook-events';
import { ignoredBecause } from '../domain/webhook-outcome';
import { CALL_TYPES, webhookType } from '../domain/webhook-source';
import { ReceiveCall } from './calls/receive-call.use-case';
import { LoggedDeliveries } from './logged-deliveries.query';
import { ReceivePreference } from './preferences/receive-preference.use-case';
import { ReceiveInboundMessage } from './receive-inbound-message.use-case';

/** What comes of a delivery, by its type. */
@Injectable()
export class DeliveryEffects {
  constructor(
    private readonly database: Database,
    private readonly logs: WebhookLogsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly deliveries: LoggedDeliveries,
    private readonly receive: ReceiveInboundMessage,
    private readonly calls: ReceiveCall,
    private readonly preferences: ReceivePreference,
    private readonly events: EventBus,
  ) {}

  /** In the transaction at hand. What can never succeed does not throw. */
  async of({
    connectionId,
    webhookLogId,
    receivedAt,
  }: WebhookRef & { readonly connectionId: Uuid }): Promise<DeliveryEnd> {
    const { orgId } = this.database.tx;
    const ref = { webhookLogId, receivedAt };
    const logged = await this.logs.find(ref);
    if (!logged) return failed('webhook_log_expired');
    switch (logged.webhook_type) {
      case webhookType('status'):
        await this.events.publish(new MessageStatusReported({ orgId, connectionId, ...ref }));
        return DONE;
      case webhookType('template'):
        await this.events.publish(new TemplatesReported({ orgId, connectionId, ...ref }));
        return DONE;
      case webhookType('notice'):
        return ignored(this.deliveries.noticeOf(logged));
    }
    if (!CALL_TYPES.includes(logged.webhook_type)) return this.ofPerson(connectionId, logged, ref);
    const call = this.deliveries.callOf(logged);
    if (!call) return failed('sender_erased');
    await this.calls.execute(call, { connectionId, ...ref });
    return DONE;
  }

  /** What a customer wrote, or told the provider. */
  private async ofPerson(
    connectionId: Uuid,
    logged: LoggedDeliveryRow,
    ref: WebhookRef,
  ): Promise<DeliveryEnd> {
    const connection = await this.connections.find(connectionId);
    if (!connection) return failed('connection_removed');
    if (logged.webhook_type === webhookType('preference')) {
      const preference = this.deliveries.preferenceOf(logged);
      if (!preference) return failed('sender_erased');
      const effect = await this.preferences.execute(connection, preference);
      return effect === 'recorded' ? DONE : ignored(effect);
    }
    const message = this.deliveries.messageOf(logged);
    if (!message) return failed('sender_erased');
    const isVouchedFor = logged.verdict === null;
    await this.receive.execute(summaryOf(connection), message, ref, isVouchedFor);
    return DONE;
  }
}

const DONE: DeliveryEnd = { status: 'processed', reason: null };

function failed(reason: string): DeliveryEnd {
  return { status: 'failed', reason };
}

/** Worked off, and nothing came of it. */
function ignored(kind: string): DeliveryEnd {
  return { status: 'processed', reason: ignoredBecause(kind) };
}
