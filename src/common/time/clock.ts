import { Injectable } from '@nestjs/common';

/** The time, as a part that a test can replace. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
