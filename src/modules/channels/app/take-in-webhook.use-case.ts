import { Injectable } from '@nestjs/common';
import { Metrics } from '../../../common/metrics';
import { WebhookIntake } from '../db/webhook-intake.repository';
import { Providers, type WebhookDelivery } from '../domain/provider';
import { MalformedWebhook, WebhookTypeUnsupported } from '../domain/webhook-errors';
import type { IncomingWebhook } from './incoming-webhook';
import { RefusedWebhooks, refusalOf, type Refusal } from './refused-webhooks';
import { outcomeOf, recordsOf, sourceOf, type TakenInEvent } from './webhook-records';
import { VerificationTrail } from './verification/verification-trail';
import { concernsNobody, WebhookVerification, worst, type Verdict } from './webhook-verification';

/**
 * Takes in what a provider delivers: verified, logged, claimed and queued, or refused. Of a request that holds several events
 * all that are to be trusted are taken in, at once or not at all; the others are logged as refused.
 */
@Injectable()
export class TakeInWebhook {
  constructor(
    private readonly providers: Providers,
    private readonly verification: WebhookVerification,
    private readonly intake: WebhookIntake,
    private readonly refused: RefusedWebhooks,
    private readonly metrics: Metrics,
    private readonly trail: VerificationTrail,
  ) {}

  /**
   * Throws one of the errors of `domain/webhook-errors.ts` where nothing of the request is to be trusted, and, once the rest is
   * taken in, where a part is forged. A duplicate is taken in like the first, without an effect.
   */
  async execute(webhook: IncomingWebhook): Promise<TakenInEvent[]> {
    const delivery = await this.read(webhook);
    if (!delivery) return [];
    const verdict = await this.verification.verify(webhook, delivery);
    try {
      return await this.takeIn(webhook, verdict);
    } finally {
      this.trail.note([...verdict.trusted, ...verdict.distrusted].map(({ connection }) => connection));
    }
  }

  private async takeIn(webhook: IncomingWebhook, { trusted, distrusted }: Verdict): Promise<TakenInEvent[]> {
    const told = distrusted.filter((event) => !concernsNobody(event));
    if (told.length < distrusted.length) this.count(webhook, 'ignored');
    for (const { event: claim, error, outcome, status, connection } of told) {
      const refusal = { claim, status, reason: error.code, ...(connection && { connection }) };
      await this.refuse(webhook, outcome, refusal);
    }
    if (trusted.length === 0 && told.length > 0) throw worst(told);
    const isNew = await this.intake.accept(recordsOf(webhook, trusted));
    const taken = trusted.map((event, i) => ({ ...event, isNew: isNew[i] ?? false }));
    for (const event of taken) this.count(webhook, outcomeOf(event));
    // Delivered again, what was taken in is a duplicate, what was not gets another chance.
    if (told.some(({ outcome }) => outcome === 'forged')) throw worst(told);
    return taken;
  }

  /** Undefined where the provider tells of nothing that concerns us. */
  private async read(webhook: IncomingWebhook): Promise<WebhookDelivery | undefined> {
    const reading = this.providers
      .of(webhook.endpoint.provider)
      .readDelivery(webhook.request, webhook.endpoint);
    if (reading.kind === 'delivery') return reading.delivery;
    const isIgnored = reading.kind === 'ignored';
    await this.refuse(webhook, isIgnored ? 'ignored' : 'refused', refusalOf(reading));
    if (isIgnored) return undefined;
    throw reading.kind === 'unsupported' ? new WebhookTypeUnsupported() : new MalformedWebhook();
  }

  /** Counted, and logged where it could be from the provider. */
  private async refuse(webhook: IncomingWebhook, outcome: string, refusal?: Refusal): Promise<void> {
    this.count(webhook, outcome);
    if (refusal) await this.refused.record(webhook, refusal);
  }

  private count(webhook: IncomingWebhook, outcome: string): void {
    this.metrics.webhooks.inc({ source: sourceOf(webhook), outcome });
  }
}
