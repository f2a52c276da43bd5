import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Uuid } from '../../../../common/context';
import { Clock } from '../../../../common/time/clock';
import { WebhookLogsRepository } from '../../db/webhook-logs.repository';
import type { ListedMessage } from '../../domain/delivery-list';
import { KnownCalls } from '../calls/known-calls';
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
    const known = await this.logs.knownEvents(
      old.flatMap(({ eventId, beginningId }) => [eventId, ...(beginningId ? [beginningId] : [])]),
    );
    const unknown = old.filter(({ eventId }) => !known.has(eventId));
    const behind = await this.sent().behind(unknown.flatMap(reportOf));
    const begun = unknown.filter(({ beginningId }) => beginningId !== undefined && known.has(beginningId));
    const underWay = await this.calls().underWay(begun.map(({ providerMessageId }) => providerMessageId));
    return unknown.filter((message) => {
      const { status, providerMessageId: id } = message;
      if (status !== null) return behind.has(id);
      return !begun.includes(message) || underWay.has(id);
    });
  }

  /** Has the provider asked once more for messages of a connection whose answer was lost since. */
  lookAgain(connectionId: Uuid, since: Date): Promise<void> {
    return this.sent().lookAgain(connectionId, since);
  }

  /** Kept by a module above, as are calls. */
  private sent(): SentReports {
    return this.modules.get(SentReports, { strict: false });
  }

  private calls(): KnownCalls {
    return this.modules.get(KnownCalls, { strict: false });
  }
}

function reportOf({ providerMessageId, status }: ListedMessage): SentReport[] {
  return status === null ? [] : [{ providerMessageId, status }];
}
