import { Injectable } from '@nestjs/common';
import { isForgotten } from '../db/personal-deliveries';
import { WebhookLogsRepository, type LoggedDeliveryRow } from '../db/webhook-logs.repository';
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

  /** The message of a delivery of the organization at hand; undefined when its sender was erased. Throws {@link WebhookLogGone}. */
  async inboundMessage(ref: WebhookRef): Promise<InboundMessage | undefined> {
    return this.messageOf(await this.read(ref, 'message'));
  }

  /** The report of a delivery of the organization at hand. Throws {@link WebhookLogGone}. */
  async statusReport(ref: WebhookRef): Promise<StatusReport> {
    return this.reportOf(await this.read(ref, 'status'));
  }

  /** The message of a delivery that was read already; undefined when its sender was erased. */
  messageOf(row: LoggedDeliveryRow): InboundMessage | undefined {
    if (isForgotten(row.payload)) return undefined;
    return this.providerOf(row).normaliseInbound(eventOf(row));
  }

  /** The report of a delivery that was read already. */
  reportOf(row: LoggedDeliveryRow): StatusReport {
    return this.providerOf(row).normaliseStatus(eventOf(row));
  }

  private providerOf({ webhook_source: source }: LoggedDeliveryRow): Provider {
    return this.providers.of(providerOfSource(source));
  }

  private async read(ref: WebhookRef, type: 'message' | 'status'): Promise<LoggedDeliveryRow> {
    const row = await this.logs.find(ref);
    if (row?.webhook_type !== webhookType(type)) throw new WebhookLogGone();
    return row;
  }
}

function eventOf({ payload, url, received_at: receivedAt }: LoggedDeliveryRow): LoggedEvent {
  return { payload, url, receivedAt };
}
