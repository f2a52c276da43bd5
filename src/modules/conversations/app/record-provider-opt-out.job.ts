import { Injectable } from '@nestjs/common';
import { JobHandler, type HandlesJob } from '../../../common/jobs';
import { Channels, Consent } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import { optedOutOf } from './provider-report';
import { RECORD_PROVIDER_OPT_OUT, type ProviderOptOutPayload } from './provider-opt-outs';

/** Records that the provider refused a message since the person opted out with it. Once: the message is the evidence. */
@Injectable()
@JobHandler({ name: RECORD_PROVIDER_OPT_OUT, transaction: 'org' })
export class RecordProviderOptOut implements HandlesJob<ProviderOptOutPayload> {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly channels: Channels,
    private readonly consent: Consent,
  ) {}

  /** Nothing to do once the person is erased, or the number removed. */
  async handle({ messageId }: ProviderOptOutPayload): Promise<void> {
    const message = await this.messages.find(messageId);
    const connection = message?.connectionId
      ? await this.channels.connection(message.connectionId)
      : undefined;
    if (!message || !connection) return;
    await this.consent.record({
      phone: message.to,
      channel: connection.channel,
      purpose: optedOutOf(message.errorCode) ?? 'transactional',
      action: 'opt_out',
      source: 'provider_error',
      evidence: { messageId },
      at: message.attemptedAt ?? message.createdAt,
    });
  }
}
