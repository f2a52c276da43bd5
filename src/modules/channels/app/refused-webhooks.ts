import { Injectable } from '@nestjs/common';
import { newId, type Uuid } from '../../../common/context';
import { Log } from '../../../common/logging';
import { WebhookIntake } from '../db/webhook-intake.repository';
import { Allowances } from '../../../common/time/allowance';
import type { WebhookClaim, WebhookReading } from '../domain/provider';
import type { WebhookVerdict } from '../domain/webhook-errors';
import { webhookSource, webhookType } from '../domain/webhook-source';
import type { IncomingWebhook } from './incoming-webhook';
import { boundedPayload, keptHeaders, signatureOf } from './webhook-payloads';

/** A refused delivery, from a sender who could be real. */
export interface Refusal {
  readonly claim: WebhookClaim;
  readonly status: number;
  readonly reason: WebhookVerdict;
  readonly connection?: { readonly id: Uuid; readonly orgId: Uuid };
}

/** What is logged of a request that could not be read; undefined where it does not say enough of itself. */
export function refusalOf(reading: WebhookReading): Refusal | undefined {
  const claim = reading.kind === 'malformed' ? reading.claim : undefined;
  return claim && { claim, status: 400, reason: 'malformed_webhook' };
}

/** Rows for one address, for one connection, and for all together, in this process. */
const ADDRESS = { size: 20, perMinute: 20 };
const CONNECTION = { size: 60, perMinute: 60 };
const TOGETHER = { size: 300, perMinute: 300 };

/**
 * Logs refused deliveries, so that an operator sees a wrong token or a forger; within an allowance, so that a forger cannot
 * fill the table. What goes beyond it is counted in the metrics alone.
 */
@Injectable()
export class RefusedWebhooks {
  private readonly ofAddress = new Allowances(ADDRESS, TOGETHER);
  private readonly ofConnection = new Allowances(CONNECTION);

  constructor(
    private readonly intake: WebhookIntake,
    private readonly log: Log,
  ) {}

  /** Never throws: that it cannot be logged changes nothing for the sender. */
  async record(webhook: IncomingWebhook, refusal: Refusal): Promise<void> {
    const { claim, connection, reason, status } = refusal;
    const { provider, channel } = webhook.endpoint;
    if (!this.isAllowed(webhook.ip, connection?.id)) return;
    this.log.warn('a webhook was refused', {
      reason,
      status,
      ...(connection ? { connectionId: connection.id, orgId: connection.orgId } : {}),
    });
    try {
      await this.intake.logRefused({
        logId: newId(),
        orgId: connection?.orgId ?? null,
        source: webhookSource(provider, channel),
        type: webhookType(claim.type),
        externalId: claim.externalId,
        url: webhook.request.url.slice(0, 500),
        method: webhook.method,
        headers: keptHeaders(webhook.request.headers),
        payload: boundedPayload(claim.payload),
        signature: signatureOf(webhook.request.headers)?.slice(0, 100) ?? null,
        ip: webhook.ip,
        receivedAt: webhook.receivedAt,
        status,
        reason,
        connectionId: connection?.id ?? null,
      });
    } catch (error) {
      this.log.error('a refused webhook could not be logged', { error });
    }
  }

  private isAllowed(ip: string | null, connectionId: Uuid | undefined): boolean {
    // The address first: one that floods uses up nothing of the connection's.
    return this.ofAddress.take(ip ?? '') && (!connectionId || this.ofConnection.take(connectionId));
  }
}
