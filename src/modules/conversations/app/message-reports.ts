import { Injectable } from '@nestjs/common';
import { Contacts } from '../../contacts';
import { MessagesRepository } from '../db/messages.repository';
import { StatusEvents } from '../db/status-events.repository';
import type { OutgoingMessage } from '../domain/message';
import { afterReport, hasGoneOut } from '../domain/message-progress';
import type { StatusEventSource } from '../domain/status-event';
import { ProviderOptOuts } from './provider-opt-outs';
import { errorCodeOf, OPTED_OUT, reportOf, type ProviderReport } from './provider-report';

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
    private readonly contacts: Contacts,
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
    await this.contacts.noteOutreach(
      moved
        .filter(
          ({ message, progress }) => isOutreach(message) && !hasGoneOut(message) && hasGoneOut(progress),
        )
        .map(({ message }) => message.contactId),
      at,
    );
    for (const { message, progress } of moved)
      if (progress.errorCode === OPTED_OUT) await this.optOuts.record(message);
  }
}

const isOutreach = ({ purpose }: OutgoingMessage): boolean => purpose !== 'consent_reply';

const stateOf = ({ status, providerMessageId, errorCode }: ReturnType<typeof afterReport>) => ({
  status,
  providerMessageId,
  errorCode,
});
