import { Injectable } from '@nestjs/common';
import type { SendOutcome } from '../../channels';
import type { MessageProgress } from '../db/messages.repository';
import type { OutgoingMessage } from '../domain/message';
import { SendTiming } from './send-timing';

/** Messages that the provider does not take at the moment. */
@Injectable()
export class Retries {
  constructor(private readonly timing: SendTiming) {}

  /** It is offered again later, unless it was offered often enough or is too old by then: then it failed. */
  after(
    { attempt, purpose, queuedAt }: OutgoingMessage,
    { code, afterSeconds }: Extract<SendOutcome, { kind: 'retry' }>,
    now: Date,
  ): Pick<MessageProgress, 'status' | 'errorCode' | 'nextAttemptAt'> {
    const at = new Date(now.getTime() + this.timing.retryAfterMs(attempt, afterSeconds));
    const age = at.getTime() - queuedAt.getTime();
    // An answer is part of a conversation that goes on; one of many may come later.
    const isOver =
      purpose === 'bulk'
        ? age > this.timing.giveUpAfterMs
        : attempt >= this.timing.maxAttempts || age > this.timing.maxAgeMs;
    if (isOver) return { status: 'failed', errorCode: code };
    return { status: 'queued', errorCode: code, nextAttemptAt: at };
  }
}
