import { Injectable } from '@nestjs/common';

const SECOND = 1_000;

/** How often the run of a bulk send looks again. One object of the program, so that a test can be less patient. */
@Injectable()
export class BulkTiming {
  /** While enough of its messages wait to be handed over. */
  readonly feedAgainMs: number = SECOND;

  /** While its last messages are on their way. */
  readonly tailMs: number = 5 * SECOND;

  /** While nothing but what is held is left of it. */
  readonly heldMs: number = 60 * SECOND;
}
