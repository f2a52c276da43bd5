import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import type { SendOutcome } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver, isUnknown } from '../domain/message-progress';
import { MessageReports } from './message-reports';
import { ProviderOptOuts } from './provider-opt-outs';
import { errorCodeOf, OPTED_OUT } from './provider-report';
import { Retries } from './retries';
import { Turns } from './turns';
import { UnknownSends } from './unknown-sends';

/** Records what became of one attempt to send. */
@Injectable()
export class RecordSendOutcome {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly reports: MessageReports,
    private readonly optOuts: ProviderOptOuts,
    private readonly unknown: UnknownSends,
    private readonly turns: Turns,
    private readonly retries: Retries,
    private readonly clock: Clock,
  ) {}

  /** Changes nothing when a later attempt was begun, or when a callback has told already that the provider has it. */
  async execute(messageId: Uuid, attempt: number, outcome: SendOutcome): Promise<void> {
    const message = await this.messages.lockWithThread(messageId);
    if (message?.attempt !== attempt) return;
    await this.record(message, outcome);
    await this.turns.pass(message);
  }

  private async record(message: OutgoingMessage, outcome: SendOutcome): Promise<void> {
    if (outcome.kind === 'accepted')
      return this.reports.apply(message, { ...outcome, refusal: null }, this.clock.now());
    if (!isInHandOver(message) && !isUnknown(message)) return;
    switch (outcome.kind) {
      case 'refused':
        await this.messages.fail(message.id, errorCodeOf(outcome));
        if (outcome.code === OPTED_OUT) await this.optOuts.record(message, this.clock.now());
        return;
      case 'retry':
        return this.retries.offerAgain(message, outcome);
      case 'unknown':
        if (isInHandOver(message)) await this.unknown.begin(message);
    }
  }
}
