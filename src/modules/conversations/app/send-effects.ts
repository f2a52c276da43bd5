import { Injectable } from '@nestjs/common';
import { SendPace } from '../../channels';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver } from '../domain/message-progress';
import { ProviderOptOuts } from './provider-opt-outs';
import { optedOutOf } from './provider-report';
import type { SendResult } from './send-result';
import { SendTiming } from './send-timing';
import { UnknownSends } from './unknown-sends';

/** What follows from the outcome of a send, beside what becomes of the message. */
@Injectable()
export class SendEffects {
  constructor(
    private readonly optOuts: ProviderOptOuts,
    private readonly unknown: UnknownSends,
    private readonly pace: SendPace,
    private readonly timing: SendTiming,
  ) {}

  /** Of a message that the provider did not take. */
  async of(message: OutgoingMessage, outcome: SendResult['outcome']): Promise<void> {
    if (outcome.kind === 'refused' && optedOutOf(outcome.code)) await this.optOuts.record(message);
    if (outcome.kind === 'unknown' && isInHandOver(message)) await this.unknown.lookAgain(message, 0);
    const isFull = outcome.kind === 'retry' && outcome.code === 'rate_limited' && !outcome.isOfRecipient;
    if (isFull && message.connectionId)
      await this.pace.block(message.connectionId, this.timing.blockMs, outcome.afterSeconds);
  }

  /** The provider took a message. */
  async flows({ connectionId }: OutgoingMessage): Promise<void> {
    if (connectionId) await this.pace.unblock(connectionId);
  }
}
