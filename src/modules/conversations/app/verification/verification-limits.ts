import { Injectable } from '@nestjs/common';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How often codes are sent, and how often one may be guessed. One object of the program, so that a test can count to less. */
@Injectable()
export class VerificationLimits {
  /** A code counts for so long. */
  readonly validMs: number = 10 * MINUTE_MS;

  /** So many confirmations of one code are tried, right or wrong. */
  readonly attempts: number = 5;

  /** So many codes are sent for a mapping within an hour, */
  readonly perMapping: number = 3;

  /** to a number within a day, whatever mapping it was asked for by, */
  readonly perNumber: number = 6;

  /** and by an organization within an hour. */
  readonly perOrganization: number = 100;

  readonly hourMs: number = HOUR_MS;
  readonly dayMs: number = 24 * HOUR_MS;
}
