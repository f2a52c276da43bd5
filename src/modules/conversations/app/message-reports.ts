import { Injectable } from '@nestjs/common';
import { Contacts } from '../../contacts';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { afterReport, hasGoneOut } from '../domain/message-progress';
import { ProviderOptOuts } from './provider-opt-outs';
import { OPTED_OUT, reportOf, type ProviderReport } from './provider-report';

/** Records what a provider says about a message, whichever way it says it. */
@Injectable()
export class MessageReports {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly optOuts: ProviderOptOuts,
    private readonly contacts: Contacts,
  ) {}

  /** `message` is locked. */
  async apply(message: OutgoingMessage, report: ProviderReport, at: Date): Promise<void> {
    const progress = afterReport(message, reportOf(report));
    if (progress === message) return;
    await this.messages.saveProgress(message.id, progress);
    if (message.purpose === 'reply' && !hasGoneOut(message) && hasGoneOut(progress))
      await this.contacts.noteOutreach(message.contactId, at);
    if (progress.errorCode === OPTED_OUT) await this.optOuts.record(message, at);
  }
}
