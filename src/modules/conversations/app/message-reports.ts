import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { JobQueue } from '../../../common/jobs';
import { MessagesRepository } from '../db/messages.repository';
import { StatusEvents } from '../db/status-events.repository';
import type { OutgoingMessage } from '../domain/message';
import { afterReport, hasGoneOut } from '../domain/message-progress';
import type { StatusEventSource } from '../domain/status-event';
import { NOTE_OUTREACH } from './note-outreach.job';
import { ProviderOptOuts } from './provider-opt-outs';
import { UnreachableNumbers } from './unreachable-numbers';
import { errorCodeOf, INVALID_NUMBER, OPTED_OUT, reportOf, type ProviderReport } from './provider-report';

/** What a provider says about one message, which is locked. */
export interface MessageReport {
  readonly message: OutgoingMessage;
  readonly report: ProviderReport;
}

/** Records what a provider says about messages, whichever way it says it. */
@Injectable()
export class MessageReports {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly events: StatusEvents,
    private readonly optOuts: ProviderOptOuts,
    private readonly unreachable: UnreachableNumbers,
    private readonly queue: JobQueue,
  ) {}

  /** `message` is locked. */
  apply(
    message: OutgoingMessage,
    report: ProviderReport,
    source: StatusEventSource,
    at: Date,
  ): Promise<void> {
    return this.applyAll([{ message, report }], source, at);
  }

  /** The same for several messages, each once. Every telling is kept, also one that moves nothing. */
  async applyAll(reports: readonly MessageReport[], source: StatusEventSource, at: Date): Promise<void> {
    await this.events.append(
      reports.map(({ message: { id: messageId }, report: { providerMessageId, status, refusal } }) => ({
        messageId,
        providerMessageId,
        status,
        errorCode: refusal && errorCodeOf(refusal),
        source,
        occurredAt: at,
      })),
    );
    const moved = reports
      .map(({ message, report }) => ({ message, progress: afterReport(message, reportOf(report)) }))
      .filter(({ message, progress }) => progress !== message);
    await this.messages.saveAll(moved.map(({ message: { id }, progress }) => ({ id, ...stateOf(progress) })));
    await this.noteOutreach(
      moved.flatMap(({ message, progress }) =>
        isOutreach(message) && !hasGoneOut(message) && hasGoneOut(progress) ? [message.id] : [],
      ),
      at,
    );
    await this.unreachable.note(
      moved.flatMap(({ message, progress }) => (progress.errorCode === INVALID_NUMBER ? [message] : [])),
    );
    for (const { message, progress } of moved)
      if (progress.errorCode === OPTED_OUT) await this.optOuts.record(message);
  }

  private async noteOutreach(messageIds: readonly Uuid[], at: Date): Promise<void> {
    if (messageIds.length === 0) return;
    await this.queue.enqueue(
      NOTE_OUTREACH,
      { messageIds, at: at.toISOString() },
      { priority: AFTER_SENDING },
    );
  }
}

const AFTER_SENDING = 20;

const isOutreach = ({ purpose }: OutgoingMessage): boolean => purpose !== 'consent_reply';

const stateOf = ({ status, providerMessageId, errorCode }: ReturnType<typeof afterReport>) => ({
  status,
  providerMessageId,
  errorCode,
});
