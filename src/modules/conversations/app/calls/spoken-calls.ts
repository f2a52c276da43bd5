import { Injectable } from '@nestjs/common';
import { asUuid, isUuid } from '../../../../common/context';
import { Channels, spokenStatus, type CallReport, type CallReported } from '../../../channels';
import { CallsRepository } from '../../db/calls/calls.repository';
import { MessagesRepository } from '../../db/messages.repository';
import type { CallStory } from '../../domain/call';
import type { OutgoingMessage } from '../../domain/message';
import { MessageReports } from '../message-reports';
import { errorCodeOf } from '../provider-report';

/** Calls that were made to speak a message: the log, and what became of the message. */
@Injectable()
export class SpokenCalls {
  constructor(
    private readonly channels: Channels,
    private readonly messages: MessagesRepository,
    private readonly reports: MessageReports,
    private readonly calls: CallsRepository,
  ) {}

  /** In the transaction at hand. Of a call that is none of ours nothing is kept. */
  async record(ref: CallReported['payload'], told: CallReport, story: CallStory): Promise<void> {
    const message =
      (await this.messages.lockByProviderId(told.providerCallId)) ?? (await this.lockOurs(told));
    if (!message) return this.channels.forgetDelivery(ref);
    const { providerCallId, refusal, occurredAt } = told;
    const report = { providerMessageId: providerCallId, status: spokenStatus(told), refusal };
    // A key that is pressed tells nothing of the call.
    if (told.key === null) await this.reports.apply(message, report, 'callback', occurredAt);
    const connection =
      message.connectionId === null ? undefined : await this.channels.connection(message.connectionId);
    const { id: messageId, contactId, conversationId, connectionId, to } = message;
    const call = await this.calls.lockOrCreate({
      ...{ providerCallId, direction: story.direction, connectionId, contactId, conversationId, messageId },
      ...{ from: connection?.address ?? null, to, at: story.startedAt },
    });
    await this.calls.save(call.id, story, refusal && errorCodeOf(refusal));
  }

  /** The message that the callback's address names: the provider's id of it was not known yet, or is being recorded. */
  private async lockOurs({ messageId }: CallReport): Promise<OutgoingMessage | undefined> {
    return isUuid(messageId) ? this.messages.lock(asUuid(messageId)) : undefined;
  }
}
