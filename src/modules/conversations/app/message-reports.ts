import { Injectable } from '@nestjs/common';
import { MessagesRepository } from '../db/messages.repository';
import { OPTED_OUT } from '../domain/delivery-error';
import type { OutgoingMessage } from '../domain/message';
import { afterReport, type Report } from '../domain/message-progress';
import { ProviderOptOuts } from './provider-opt-outs';

/** Records what a provider says about a message, whichever way it says it. */
@Injectable()
export class MessageReports {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly optOuts: ProviderOptOuts,
  ) {}

  /** `message` is locked. */
  async apply(message: OutgoingMessage, report: Report, at: Date): Promise<void> {
    const progress = afterReport(message, report);
    if (progress === message) return;
    await this.messages.saveProgress(message.id, progress);
    if (progress.errorCode === OPTED_OUT) await this.optOuts.record(message, at);
  }
}
