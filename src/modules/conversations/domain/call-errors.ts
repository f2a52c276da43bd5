import { Invalid, NotFound } from '../../../common/errors';

/** Absent, or another organization's. */
export class CallNotFound extends NotFound {
  readonly code = 'call_not_found';
  constructor() {
    super('There is no call with this id.');
  }
}

/** Why nobody is written to because of a missed call; beside what is asked of every message. */
export type TextBackRefusal = 'number_withheld' | 'switched_off' | 'texted_back_before' | 'too_late';

/** Nothing is written to this caller. Told to nobody: it stands on the call. */
export class TextBackRefused extends Invalid {
  constructor(readonly code: TextBackRefusal) {
    super('Nothing is written to this caller.');
  }
}

/** The connection carries no calls, or is not there. */
export class NotACallConnection extends Invalid {
  readonly code = 'not_a_voice_connection';
  constructor() {
    const message = 'must be a voice number of the organization';
    super('Nobody can be called over this connection.', {
      fields: [{ field: 'connectionId', code: 'not_a_voice_connection', message }],
    });
  }
}

/** There is no such contact, or no number to call them on. */
export class UnknownCallee extends Invalid {
  readonly code = 'unknown_callee';
  constructor() {
    const message = 'must be a contact with a phone number';
    super('Nobody can be called.', { fields: [{ field: 'contactId', code: 'unknown_callee', message }] });
  }
}
