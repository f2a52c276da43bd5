import { Invalid } from '../../../common/errors';

const DAY = 24 * 60 * 60 * 1000;
/** So far ahead something may be scheduled. */
export const LATEST_DAYS = 365;

/** The time at which it was to be sent is over. */
export class SendTimePassed extends Invalid {
  readonly code = 'send_time_passed';
  constructor() {
    super('The time to send it is over.', {
      fields: [{ field: 'sendAt', code: 'send_time_passed', message: 'sendAt must lie ahead' }],
    });
  }
}

/** Nobody knows so far ahead what will still be right to say. */
export class SendTimeTooFar extends Invalid {
  readonly code = 'send_time_too_far';
  constructor() {
    super('The time to send it is too far ahead.', {
      fields: [
        { field: 'sendAt', code: 'send_time_too_far', message: `sendAt lies within ${LATEST_DAYS} days` },
      ],
    });
  }
}

/** Checks when something is to be sent. Throws {@link SendTimePassed} and {@link SendTimeTooFar}. */
export function checkSendAt(sendAt: Date, now: Date): void {
  if (sendAt <= now) throw new SendTimePassed();
  if (sendAt.getTime() > now.getTime() + LATEST_DAYS * DAY) throw new SendTimeTooFar();
}
