import { Injectable } from '@nestjs/common';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** How many messages are sent at once, and how patiently. One object of the program, so that a test can be less patient. */
@Injectable()
export class SendTiming {
  /** So many of a connection's messages are taken at a time. */
  readonly batch: number = 100;

  /** So many of them are with the provider at the same time. */
  readonly atOnce: number = 20;

  /** A bulk send waits until so many can go, rather than take each slot by itself. */
  readonly bulkChunk: number = 10;

  /** A message that was taken and does not reach the provider within so long is given back: who opts out waits no longer. */
  readonly freshMs: number = 5 * SECOND;

  /** A person on whose consent somebody works at this moment is asked for again after so long. */
  readonly busyMs: number = 250;

  /** What waits, and could not be taken now, is looked for again after so long. */
  readonly idleMs: number = 20;

  /** The first pause of a connection whose provider wants no more; doubles with each. */
  readonly blockMs: number = SECOND;

  /** So often a message is offered to a provider that does not take it at the moment. */
  readonly maxAttempts: number = 8;

  /** So old a message may be when it is offered again: an answer is part of a conversation that goes on. */
  readonly maxAgeMs: number = 60 * MINUTE;

  /** Wait after the first attempt; doubles with each, up to five minutes. */
  readonly retryMs: number = 5 * SECOND;

  /** Waits before each look for a message whose answer was lost; after the last one it counts as never accepted. */
  readonly lookMs: readonly number[] = [5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE];

  /** An attempt without a result after so long has died: longer than any provider is waited for. Holds back nothing. */
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
