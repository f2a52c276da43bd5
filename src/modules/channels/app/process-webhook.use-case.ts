import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import type { OrgJobPayload } from '../../../common/jobs';
import { WebhookLogsRepository } from '../db/webhook-logs.repository';
import type { WebhookRef } from '../domain/webhook-events';
import { DeliveryEffects } from './delivery-effects';

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
    private readonly logs: WebhookLogsRepository,
    private readonly effects: DeliveryEffects,
  ) {}

  /** In the transaction at hand. What can never succeed is noted on the log and does not throw. */
  async execute(delivery: QueuedDelivery, startedAt: Date): Promise<void> {
    if (!(await this.logs.lockEvent(delivery.eventId))) return;
    const end = await this.effects.of(delivery);
    await this.logs.finish(delivery, delivery.eventId, startedAt, end);
  }
}
