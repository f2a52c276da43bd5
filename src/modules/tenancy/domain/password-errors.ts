import { Invalid, NotFound, TooManyRequests } from '../../../common/errors';

/** The present password is not that. Not a 401: the session is good. */
export class WrongPassword extends Invalid {
  readonly code = 'wrong_password';
  constructor() {
    super('The present password is wrong.', {
      fields: [{ field: 'currentPassword', code: 'wrong_password', message: 'currentPassword is wrong' }],
    });
  }
}
/** The token is wrong, used or expired; the answer does not say which. */
export class ResetNotValid extends NotFound {
  readonly code = 'password_reset_not_valid';
  constructor() {
    super('This token is not valid, or not any more. Ask for a new one.');
  }
}
/** Too many resets were asked for from one address. Whether the accounts exist plays no part. */
export class ResetsThrottled extends TooManyRequests {
  readonly code = 'too_many_attempts';
  constructor() {
    super('Too many requests for a new password from here. Try again in a moment.', {
      retryAfterSeconds: 30,
    });
  }
}
