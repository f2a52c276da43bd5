import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/context';
import { Metrics } from '../../../common/metrics';
import { WebhookIntake } from '../db/webhook-intake.repository';
import { Providers, type WebhookEvent } from '../domain/provider';
import { webhookSource, webhookType } from '../domain/webhook-source';
import type { KnownConnection } from './connection-directory';
import type { IncomingWebhook } from './incoming-webhook';
import { keptHeaders, payloadHash, signatureOf } from './webhook-payloads';
import { WebhookVerification } from './webhook-verification';

/** Takes in what a provider delivers: verified, logged, claimed and queued, or refused. */
@Injectable()
export class TakeInWebhook {
  constructor(
    private readonly providers: Providers,
    private readonly verification: WebhookVerification,
    private readonly intake: WebhookIntake,
    private readonly metrics: Metrics,
  ) {}

  /** Throws one of the errors of `domain/webhook-errors.ts`. A duplicate is taken in like the first, without an effect. */
  async execute(webhook: IncomingWebhook): Promise<void> {
    const { events, connection } = await this.verification.verify(this.providers.of('twilio'), webhook);
    for (const event of events) await this.accept(webhook, event, connection);
  }

  private async accept(
    webhook: IncomingWebhook,
    event: WebhookEvent,
    connection: KnownConnection,
  ): Promise<void> {
    const source = webhookSource(connection.provider, 'whatsapp');
    const isNew = await this.intake.accept({
      logId: newId(),
      orgId: connection.orgId,
      connectionId: connection.id,
      source,
      type: webhookType(event.type),
      externalId: event.externalId,
      url: webhook.request.url,
      method: webhook.method,
      headers: keptHeaders(webhook.request.headers),
      payload: event.payload,
      signature: signatureOf(webhook.request.headers),
      ip: webhook.ip,
      receivedAt: webhook.receivedAt,
      eventRowId: newId(),
      eventId: event.eventId,
      eventType: event.type,
      payloadHash: payloadHash(event.payload),
      requestId: webhook.requestId,
    });
    this.metrics.webhooks.inc({ source, outcome: isNew ? 'accepted' : 'duplicate' });
  }
}
