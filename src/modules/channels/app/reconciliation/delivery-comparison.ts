import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { WebhookLogsRepository } from '../../db/webhook-logs.repository';
import type { ListedMessage } from '../../domain/delivery-list';
import { SentReports, type SentReport } from './sent-reports';

/** What is younger may still be on its way here. */
const GRACE_MS = 5 * 60_000;

/** Compares what the provider lists with what is known here. In the transaction at hand. */
@Injectable()
export class DeliveryComparison {
  constructor(
    private readonly logs: WebhookLogsRepository,
    private readonly clock: Clock,
    private readonly modules: ModuleRef,
  ) {}

  /** What should have arrived and did not. */
  async missing(messages: readonly ListedMessage[]): Promise<ListedMessage[]> {
    const due = this.clock.now().getTime() - GRACE_MS;
    const old = messages.filter(({ at }) => at.getTime() <= due);
    const known = await this.logs.knownEvents(old.map(({ eventId }) => eventId));
    const unknown = old.filter(({ eventId }) => !known.has(eventId));
    const behind = await this.sent().behind(unknown.flatMap(reportOf));
    return unknown.filter(
      ({ status, providerMessageId }) => status === null || behind.has(providerMessageId),
    );
  }

  /** Has the provider asked once more for messages of a connection whose answer was lost since. */
  lookAgain(connectionId: Uuid, since: Date): Promise<void> {
    return this.sent().lookAgain(connectionId, since);
  }

  /** Kept by a module above. */
  private sent(): SentReports {
    return this.modules.get(SentReports, { strict: false });
  }
}

function reportOf({ providerMessageId, status }: ListedMessage): SentReport[] {
  return status === null ? [] : [{ providerMessageId, status }];
}
