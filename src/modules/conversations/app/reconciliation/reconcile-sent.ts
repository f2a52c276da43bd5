import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../../common/context';
import { SentReports, type SentReport } from '../../../channels';
import { ReconciledMessages } from '../../db/reconciled-messages.repository';
import { afterReport } from '../../domain/message-progress';
import { reportOf } from '../provider-report';
import { SendQueue } from '../send-queue';

/** Tells channels what is known here of sent messages, and looks again for those that were given up. */
@Injectable()
export class ReconcileSent extends SentReports {
  constructor(
    private readonly messages: ReconciledMessages,
    private readonly queue: SendQueue,
  ) {
    super();
  }

  async behind(reports: readonly SentReport[]): Promise<ReadonlySet<string>> {
    const known = await this.messages.progressOf(reports.map(({ providerMessageId }) => providerMessageId));
    const missing = reports.filter(({ providerMessageId, status }) => {
      const message = known.get(providerMessageId);
      return (
        message && afterReport(message, reportOf({ providerMessageId, status, refusal: null })) !== message
      );
    });
    return new Set(missing.map(({ providerMessageId }) => providerMessageId));
  }

  async lookAgain(connectionId: Uuid, since: Date): Promise<void> {
    for (const id of await this.messages.lost(connectionId, since)) await this.queue.lookAtLast({ id });
  }
}
