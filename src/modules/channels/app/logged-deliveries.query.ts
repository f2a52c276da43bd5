import { Injectable } from '@nestjs/common';
import { WebhookLogsRepository } from '../db/webhook-logs.repository';
import {
  Providers,
  type InboundMessage,
  type LoggedEvent,
  type Provider,
  type StatusReport,
} from '../domain/provider';
import { WebhookLogGone } from '../domain/webhook-errors';
import type { WebhookRef } from '../domain/webhook-events';
import { providerOfSource, webhookType } from '../domain/webhook-source';

/** Reads logged deliveries back. They were verified when they came in; a refused one is not to be had here. */
@Injectable()
export class LoggedDeliveries {
  constructor(
    private readonly logs: WebhookLogsRepository,
    private readonly providers: Providers,
  ) {}

  /** The message of a delivery of the organization at hand. Throws {@link WebhookLogGone}. */
  async inboundMessage(ref: WebhookRef): Promise<InboundMessage> {
    const { provider, event } = await this.read(ref, 'message');
    return provider.normaliseInbound(event);
  }

  /** The report of a delivery of the organization at hand. Throws {@link WebhookLogGone}. */
  async statusReport(ref: WebhookRef): Promise<StatusReport> {
    const { provider, event } = await this.read(ref, 'status');
    return provider.normaliseStatus(event);
  }

  private async read(
    ref: WebhookRef,
    type: 'message' | 'status',
  ): Promise<{ provider: Provider; event: LoggedEvent }> {
    const row = await this.logs.find(ref);
    if (row?.webhook_type !== webhookType(type)) throw new WebhookLogGone();
    const { payload, url, received_at: receivedAt, webhook_source: source } = row;
    return { provider: this.providers.of(providerOfSource(source)), event: { payload, url, receivedAt } };
  }
}
