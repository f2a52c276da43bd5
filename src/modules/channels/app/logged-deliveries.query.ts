import { Injectable } from '@nestjs/common';
import { isForgotten } from '../db/personal-deliveries';
import { WebhookLogsRepository, type LoggedDeliveryRow } from '../db/webhook-logs.repository';
import { callsOf } from '../domain/call-carrier';
import type { CallReport } from '../domain/call-report';
import {
  Providers,
  type InboundMessage,
  type LoggedEvent,
  type Provider,
  type StatusReport,
} from '../domain/provider';
import { newsOf, type MarketingPreference } from '../domain/provider-news';
import { WebhookLogGone } from '../domain/webhook-errors';
import type { WebhookRef } from '../domain/webhook-events';
import { CALL_TYPES, providerOfSource, webhookType } from '../domain/webhook-source';

/** What was told of one call. */
export interface CallReports {
  /** By the delivery that was asked about; undefined when whom the call is with was erased. */
  readonly told: CallReport | undefined;
  /** By all deliveries so far, oldest first. */
  readonly all: readonly CallReport[];
}

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

  /** What a person told the provider, by a delivery that was read already; undefined when they were erased. */
  preferenceOf(row: LoggedDeliveryRow): MarketingPreference | undefined {
    if (isForgotten(row.payload)) return undefined;
    return newsOf(this.providerOf(row)).preference(eventOf(row));
  }

  /** What a delivery of no effect, that was read already, is about. */
  noticeOf(row: LoggedDeliveryRow): string {
    return newsOf(this.providerOf(row)).noticeKind(eventOf(row));
  }

  /** What a delivery that was read already tells of a call; undefined when whom it is with was erased. */
  callOf(row: LoggedDeliveryRow): CallReport | undefined {
    if (isForgotten(row.payload)) return undefined;
    return callsOf(this.providerOf(row)).report(eventOf(row));
  }

  /**
   * What a delivery tells of a call, and what all deliveries of that call told so far, in the order in which they came: the
   * jobs that work them off keep none. Throws {@link WebhookLogGone}.
   */
  async callReports(ref: WebhookRef): Promise<CallReports> {
    const rows = await this.logs.sameCall(ref, CALL_TYPES);
    const row = rows.find(({ id }) => id === ref.webhookLogId);
    if (!row) throw new WebhookLogGone();
    return { told: this.callOf(row), all: rows.flatMap((one) => this.callOf(one) ?? []) };
  }

  /** Whether whom a call is with was taken out of what was told of it before. */
  async isOfErased(ref: WebhookRef): Promise<boolean> {
    const rows = await this.logs.sameCall(ref, CALL_TYPES);
    return rows.some(({ payload }) => isForgotten(payload));
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
