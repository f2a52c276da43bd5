import { Injectable } from '@nestjs/common';
import { Channels, Consent } from '../../channels';
import type { OutgoingMessage } from '../domain/message';

/** The provider will not send to someone who opted out with it: the ledger of consent learns that. */
@Injectable()
export class ProviderOptOuts {
  constructor(
    private readonly channels: Channels,
    private readonly consent: Consent,
  ) {}

  async record({ id, connectionId, to }: OutgoingMessage, at: Date): Promise<void> {
    const connection = connectionId ? await this.channels.connection(connectionId) : undefined;
    if (!connection) return;
    await this.consent.record({
      phone: to,
      channel: connection.channel,
      action: 'opt_out',
      source: 'provider_error',
      evidence: { messageId: id },
      at,
    });
  }
}
