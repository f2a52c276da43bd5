import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock';
import type { SendOutcome } from '../../channels';
import { MessagesRepository } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { SendQueue } from './send-queue';
import { SendTiming } from './send-timing';

/** Messages that the provider does not take at the moment. */
@Injectable()
export class Retries {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly queue: SendQueue,
    private readonly timing: SendTiming,
    private readonly clock: Clock,
  ) {}

  /** Has the message offered again later, unless it was offered often enough or is too old by then: then it failed. */
  async offerAgain(
    message: OutgoingMessage,
    { code, afterSeconds }: Extract<SendOutcome, { kind: 'retry' }>,
  ): Promise<void> {
    const delayMs = this.timing.retryAfterMs(message.attempt, afterSeconds);
    const age = this.clock.now().getTime() + delayMs - message.createdAt.getTime();
    if (message.attempt >= this.timing.maxAttempts || age > this.timing.maxAgeMs)
      return this.messages.fail(message.id, code);
    await this.messages.saveProgress(message.id, {
      status: 'queued',
      providerMessageId: null,
      errorCode: code,
    });
    await this.queue.send(message, delayMs);
  }
}
