import { Conflict, Invalid, NotFound, TooManyRequests, type FieldError } from '../../../common/errors';

/** Absent, or another organization's. */
export class InvitationNotFound extends NotFound {
  readonly code = 'invitation_not_found';
  constructor() {
    super('There is no such invitation.');
  }
}
/** The token is wrong, used, revoked, expired or somebody else's; the answer does not say which. */
export class InvitationNotValid extends NotFound {
  readonly code = 'invitation_not_valid';
  constructor() {
    super('This invitation is not valid, or not any more. Ask for a new one.');
  }
}
/** It was accepted or revoked: there is nothing to send or to take back. */
export class InvitationClosed extends Conflict {
  readonly code = 'invitation_closed';
  constructor() {
    super('This invitation was accepted or revoked.');
  }
}
/** This address has an invitation that can still be accepted. */
export class AlreadyInvited extends Conflict {
  readonly code = 'already_invited';
  constructor() {
    super('This address has an open invitation. Send that one again, or revoke it first.');
  }
}
/** The invited person would get one mail after the other. */
export class InvitedJustNow extends TooManyRequests {
  readonly code = 'invited_just_now';
  constructor() {
    super('This invitation was sent within the last minute.', { retryAfterSeconds: 60 });
  }
}
/** More mails than this address, or all the people that an organization invites, should get. */
export class TooManyInvitations extends TooManyRequests {
  readonly code = 'too_many_invitations';
  /** `period`: which bound was reached. When the first of the counted mails leaves it is not known: it is asked again earlier. */
  constructor(who: string, period: 'hour' | 'day') {
    super(`${who}, as many invitations were sent as may be within one ${period}. Try again later.`, {
      retryAfterSeconds: period === 'hour' ? 900 : 3600,
    });
  }
}
/** Nobody with this address is known yet, so it takes names and a password. */
export class PersonIncomplete extends Invalid {
  readonly code = 'person_incomplete';
  constructor(missing: readonly string[]) {
    super('Say who you are: names and a password.', {
      fields: missing.map((field): FieldError => ({
        field,
        code: 'required',
        message: `${field} is required`,
      })),
    });
  }
}
/** Someone with this address became a user at this very moment. */
export class PersonAppeared extends Conflict {
  readonly code = 'person_appeared';
  constructor() {
    super('There is a user with this address by now. Send the token with their password.');
  }
}
