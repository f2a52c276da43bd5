import { Injectable } from '@nestjs/common';
import { asUuid, isUuid } from '../../../common/context';
import { Subscribe, type ListensTo } from '../../../common/events';
import { Channels, MessageStatusReported, type StatusReport } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { MessageReports } from './message-reports';

/**
 * Moves a message's status on. A report about a message that is none of ours changes nothing, and what it tells of whom it
 * went to is not kept: they may have been erased.
 */
@Injectable()
@Subscribe(MessageStatusReported, 'conversations.update-status')
export class UpdateMessageStatus implements ListensTo<MessageStatusReported> {
  constructor(
    private readonly channels: Channels,
    private readonly messages: MessagesRepository,
    private readonly reports: MessageReports,
  ) {}

  async handle({ payload: { webhookLogId, receivedAt } }: MessageStatusReported): Promise<void> {
    const report = await this.channels.statusReport({ webhookLogId, receivedAt });
    const message =
      (await this.messages.lockByProviderId(report.providerMessageId)) ?? (await this.lockOurs(report));
    if (message) await this.reports.apply(message, report, 'callback', report.occurredAt);
    else await this.channels.forgetDelivery({ webhookLogId, receivedAt });
  }

  /** The message that the callback's address names: the provider's id of it was not known yet, or is being recorded. */
  private async lockOurs({ messageId }: StatusReport): Promise<OutgoingMessage | undefined> {
    return isUuid(messageId) ? this.messages.lock(asUuid(messageId)) : undefined;
  }
}
