import { Injectable } from '@nestjs/common';
import { Config } from '../../../../common/config';
import { newId, type OrgScope } from '../../../../common/context';
import { Metrics } from '../../../../common/metrics';
import { Clock } from '../../../../common/time/clock';
import { WebhookIntake, type AcceptedWebhook } from '../../db/webhook-intake.repository';
import type { Connection } from '../../domain/connection';
import type { ListedMessage } from '../../domain/delivery-list';
import { webhookUrl } from '../../domain/webhook-endpoint';
import { webhookSource, webhookType } from '../../domain/webhook-source';
import { FewAtOnce } from '../few-at-once';
import { payloadHash } from '../webhook-payloads';

/** How the log tells what was found in the provider's list from what was delivered. */
export const RECOVERED = 'RECONCILE';

/** So many are taken in by one statement. */
const BATCH = 100;
/** Files of messages are asked for by so many requests at once. */
const AT_ONCE = 4;

/** Takes in, like a delivery, what the provider's own list tells: the provider vouches for it by answering with the account's credentials. */
@Injectable()
export class RecoveredDeliveries {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Calls the network. Returns how many were new. */
  async takeIn(scope: OrgScope, connection: Connection, missing: readonly ListedMessage[]): Promise<number> {
    const few = new FewAtOnce(AT_ONCE);
    let taken = 0;
    for (let i = 0; i < missing.length; i += BATCH) {
      const batch = missing.slice(i, i + BATCH);
      const found = await Promise.all(
        batch.map((message) => few.run(() => this.recordOf(scope, connection, message))),
      );
      const records = found.filter((record) => record !== null);
      if (records.length > 0) taken += (await this.intake.accept(records)).filter((isNew) => isNew).length;
    }
    const source = webhookSource(connection.provider, connection.channel);
    if (taken > 0) this.metrics.webhooks.inc({ source, outcome: 'recovered' }, taken);
    return taken;
  }

  private async recordOf(
    { orgId, requestId }: OrgScope,
    connection: Connection,
    message: ListedMessage,
  ): Promise<AcceptedWebhook | null> {
    const event = await message.event();
    if (!event) return null;
    return {
      logId: newId(),
      orgId,
      connectionId: connection.id,
      source: webhookSource(connection.provider, connection.channel),
      type: webhookType(event.type),
      externalId: event.externalId,
      url: webhookUrl(this.config.http.publicUrl, connection, connection.id),
      method: RECOVERED,
      headers: {},
      payload: event.payload,
      signature: null,
      ip: null,
      receivedAt: this.logged(message.at),
      eventRowId: newId(),
      eventId: event.eventId,
      eventType: event.type,
      payloadHash: payloadHash(event.payload),
      requestId,
      verdict: null,
      isRouted: connection.routing === 'shared' && event.type === 'message',
    };
  }

  /** When it should have arrived; but the log's months before this one may be gone. */
  private logged(at: Date): Date {
    const now = this.clock.now();
    const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
    return new Date(Math.max(at.getTime(), month));
  }
}
