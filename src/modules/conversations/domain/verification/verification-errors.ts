import { Conflict, Invalid, TooManyRequests } from '../../../../common/errors';

/** The number is a member's alone: messages are sent to contacts. */
export class VerificationNeedsContact extends Invalid {
  readonly code = 'verification_needs_contact';
  constructor() {
    super('The number is no contact’s. Name the contact in its mapping first: a code is a message to them.');
  }
}

/** Nothing that could be sent over. */
export class NoConnectionForChannel extends Invalid {
  readonly code = 'no_connection_for_channel';
  constructor() {
    super('There is no active connection for this channel that texts could be sent over.');
  }
}

/** As many codes were sent as may be. */
export class TooManyCodes extends TooManyRequests {
  readonly code = 'too_many_codes';
  /** `who`: which bound was reached. When it is free again is not told exactly. */
  constructor(who: 'mapping' | 'number' | 'organization') {
    super(TOO_MANY[who], { retryAfterSeconds: who === 'number' ? 3600 : 900 });
  }
}

const TOO_MANY = {
  mapping: 'As many codes were sent for this mapping as may be within an hour. Try again later.',
  number: 'As many codes were sent to this number as may be within a day. Try again later.',
  organization: 'Your organization sent as many codes as it may within an hour. Try again later.',
} as const;

/** None was sent, or it is too old, or was tried too often, or the number went to somebody else. */
export class NoCodeOpen extends Conflict {
  readonly code = 'no_code_open';
  constructor() {
    super('There is no code that could be confirmed any more. Ask for a new one.');
  }
}

/** The attempt counts. */
export class CodeWrong extends Invalid {
  readonly code = 'code_wrong';
  constructor(attemptsLeft: number) {
    const message = `This is not the code; it can be tried ${attemptsLeft} more times.`;
    super(message, { fields: [{ field: 'code', code: 'code_wrong', message }] });
  }
}
