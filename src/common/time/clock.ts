import { Injectable } from '@nestjs/common';

/** The time, as a part that a test can replace. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Milliseconds since some moment, to measure with: unlike the time of day they never run back. */
  elapsed(): number {
    return performance.now();
  }
}
