import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Clock } from '../../../common/time/clock';
import type { SendOutcome } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import { errorCodeOf, OPTED_OUT } from '../domain/delivery-error';
import type { OutgoingMessage } from '../domain/message';
import { isInHandOver, isUnknown } from '../domain/message-progress';
import { MessageReports } from './message-reports';
import { ProviderOptOuts } from './provider-opt-outs';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';
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
    private readonly queue: SendQueue,
    private readonly timing: SendTiming,
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
      return this.reports.apply(message, { ...outcome, errorCode: null }, this.clock.now());
    if (!isInHandOver(message) && !isUnknown(message)) return;
    switch (outcome.kind) {
      case 'refused':
        await this.fail(message, codeOf(outcome));
        if (outcome.code === OPTED_OUT) await this.optOuts.record(message, this.clock.now());
        return;
      case 'retry':
        return this.offerAgain(message, outcome);
      case 'unknown':
        if (isInHandOver(message)) await this.unknown.begin(message);
    }
  }

  private async offerAgain(
    message: OutgoingMessage,
    { code, afterSeconds }: Extract<SendOutcome, { kind: 'retry' }>,
  ): Promise<void> {
    const delayMs = this.timing.retryAfterMs(message.attempt, afterSeconds);
    const age = this.clock.now().getTime() + delayMs - message.createdAt.getTime();
    if (message.attempt >= this.timing.maxAttempts || age > this.timing.maxAgeMs)
      return this.fail(message, code);
    await this.messages.saveProgress(message.id, {
      status: 'queued',
      providerMessageId: null,
      errorCode: code,
    });
    await this.queue.send(message, delayMs);
  }

  private fail({ id }: OutgoingMessage, errorCode: string): Promise<void> {
    return this.messages.saveProgress(id, { status: 'failed', providerMessageId: null, errorCode });
  }
}

/** The provider's number tells more than that it refused. */
function codeOf({ code, providerCode }: Extract<SendOutcome, { kind: 'refused' }>): string {
  return code === 'provider_refused' && providerCode !== undefined ? errorCodeOf(providerCode) : code;
}
