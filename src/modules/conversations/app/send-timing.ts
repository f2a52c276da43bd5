import { Injectable } from '@nestjs/common';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How patiently messages are sent. One object of the program, so that a test can be less patient. */
@Injectable()
export class SendTiming {
  /** So often a message is offered to a provider that does not take it at the moment. */
  readonly maxAttempts: number = 8;

  /** So old a message may be when it is offered again: an answer is part of a conversation that goes on. */
  readonly maxAgeMs: number = 60 * MINUTE;

  /** Wait after the first attempt; doubles with each, up to five minutes. */
  readonly retryMs: number = 5 * SECOND;

  /** Waits before each look for a message whose answer was lost; after the last one it counts as never accepted. */
  readonly lookMs: readonly number[] = [5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE];

  /** An attempt without a result after so long has died: longer than any provider is waited for. */
  readonly handOverMs: number = 3 * MINUTE;

  /** So long after its last attempt nothing is left of a message's own jobs: longer than any wait, and than all looks. */
  readonly stuckAfterMs: number = 20 * MINUTE;

  /** After so long a message that could not be brought to an end fails. */
  readonly giveUpAfterMs: number = 24 * 60 * MINUTE;

  /** How long to wait after an attempt, counted from 1; a provider that asks for more gets it, up to 15 minutes. */
  retryAfterMs(attempt: number, askedSeconds = 0): number {
    const own = Math.min(this.retryMs * 2 ** (attempt - 1), 5 * MINUTE);
    return Math.max(own, Math.min(askedSeconds * SECOND, 15 * MINUTE));
  }
}
