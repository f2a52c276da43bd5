import { Invalid, NotFound, type FieldError } from '../../../common/errors';

/** No such contact in this organization, or one without an address on the channel. */
export class ConsentContactNotFound extends NotFound {
  readonly code = 'contact_not_found';
  constructor() {
    super('There is no such contact.');
  }
}

/** What is said about consent lacks something, or contradicts itself. */
export class ConsentInvalid extends Invalid {
  readonly code = 'consent_invalid';
  constructor(fields: readonly FieldError[]) {
    super('What is said here about consent lacks something, or contradicts itself.', { fields });
  }
}

/** The ledger has a word that stands against it: recording the opt-in would open nothing. */
export class ConsentNotOpened extends Invalid {
  readonly code = 'consent_not_opened';
  constructor() {
    super(
      'This person opted out after the time that is given, or was erased after they had opted out. Newer consent is needed; after an erasure, an opt-in word that they write themselves.',
    );
  }
}
