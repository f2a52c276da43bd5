import { Injectable } from '@nestjs/common';
import { Metrics } from '../../../common/metrics';
import type { Provider, WebhookClaim, WebhookDelivery, WebhookEvent } from '../domain/provider';
import {
  AmbiguousWebhook,
  MalformedWebhook,
  WebhookNotConnected,
  WebhookSignatureInvalid,
  WebhookTypeUnsupported,
} from '../domain/webhook-errors';
import { webhookSource } from '../domain/webhook-source';
import { ConnectionDirectory, type KnownConnection, type Wanted } from './connection-directory';
import type { IncomingWebhook } from './incoming-webhook';
import { RefusedWebhooks } from './refused-webhooks';

/** What can be believed of a delivery, and whose it is. */
export interface VerifiedDelivery {
  readonly events: readonly WebhookEvent[];
  readonly connection: KnownConnection;
}

type Outcome = 'forged' | 'refused' | 'unknown';

interface Suspicion {
  readonly claim?: WebhookClaim | undefined;
  readonly connection?: KnownConnection;
  readonly outcome: Outcome;
  readonly status: number;
}

/**
 * Decides whether a request is a delivery of the provider to a connection. One that is switched off takes in like the
 * others: a person who opts out meanwhile must have opted out when it is switched on again.
 */
@Injectable()
export class WebhookVerification {
  constructor(
    private readonly directory: ConnectionDirectory,
    private readonly refused: RefusedWebhooks,
    private readonly metrics: Metrics,
  ) {}

  /** Throws one of the errors of `domain/webhook-errors.ts`; what could be from the provider is logged. */
  async verify(provider: Provider, webhook: IncomingWebhook): Promise<VerifiedDelivery> {
    const refuse = (error: Error & { code: string }, suspicion: Suspicion): Promise<never> =>
      this.refuse(provider, webhook, error, suspicion);
    const reading = provider.readDelivery(webhook.request);
    if (reading.kind === 'unsupported')
      return refuse(new WebhookTypeUnsupported(), { outcome: 'refused', status: 415 });
    if (reading.kind === 'malformed')
      return refuse(new MalformedWebhook(), { claim: reading.claim, outcome: 'refused', status: 400 });

    const { delivery } = reading;
    const [event] = delivery.events;
    const claim = event;
    const wanted: Wanted = { channel: 'whatsapp', address: event.address, id: webhook.connectionId };
    const found = await this.directory.find(wanted);
    if (!found || !isMeant(found, event))
      return refuse(new WebhookNotConnected(), { claim, outcome: 'unknown', status: 404 });
    const connection = await this.signer(wanted, found, delivery);
    if (!connection)
      return refuse(new WebhookSignatureInvalid(), {
        claim,
        connection: found,
        outcome: 'forged',
        status: 403,
      });
    if (!delivery.isUnambiguous())
      return refuse(new AmbiguousWebhook(), { claim, connection, outcome: 'forged', status: 403 });
    return { events: delivery.events, connection };
  }

  /**
   * The connection as it is when the signature fits it. A secret that was exchanged a moment ago may not be the one that
   * is known here, so before a signature is called wrong the connection is looked up again, once.
   */
  private async signer(
    wanted: Wanted,
    found: KnownConnection,
    delivery: WebhookDelivery,
  ): Promise<KnownConnection | undefined> {
    if (delivery.isSignedWith(found.account)) return found;
    const current = await this.directory.find(wanted, { afresh: true });
    return current && delivery.isSignedWith(current.account) ? current : undefined;
  }

  private async refuse(
    provider: Provider,
    webhook: IncomingWebhook,
    error: Error & { code: string },
    { claim, connection, outcome, status }: Suspicion,
  ): Promise<never> {
    const source = webhookSource(provider.name, 'whatsapp');
    this.metrics.webhooks.inc({ source, outcome });
    if (claim) {
      const { externalId, payload } = claim;
      const reason = error.code;
      const whose = connection ? { connection } : {};
      await this.refused.record(webhook, { source, externalId, payload, status, reason, ...whose });
    }
    throw error;
  }
}

/** The connection that the path names is the one that the delivery speaks of. */
function isMeant(connection: KnownConnection, event: WebhookEvent): boolean {
  return connection.address === event.address && connection.account.accountId === event.accountId;
}
