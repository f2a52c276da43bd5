import { Conflict, Invalid, NotFound, Unavailable } from '../../../common/errors';

/** No such connection in this organization. */
export class ConnectionNotFound extends NotFound {
  readonly code = 'connection_not_found';
  constructor() {
    super('There is no connection with this id.');
  }
}

/** The number is connected already: here, or in another organization. The words are the same, so that they tell nothing. */
export class NumberAlreadyConnected extends Conflict {
  readonly code = 'number_already_connected';
  constructor() {
    super('This number is already connected.');
  }
}

/** The provider asks for no token before it posts to an address. */
export class HandshakeNotUsed extends Conflict {
  readonly code = 'handshake_not_used';
  constructor() {
    super('The provider of this number asks for no token before it posts.');
  }
}

/** The provider does not know the account, or the secret is not the account's. */
export class CredentialsRejected extends Invalid {
  readonly code = 'credentials_rejected';
  constructor() {
    super('The provider did not accept these credentials.');
  }
}

/** The credentials are right, but the provider has suspended or closed the account. */
export class AccountSuspended extends Invalid {
  readonly code = 'account_suspended';
  constructor() {
    super('The provider has suspended or closed this account.');
  }
}

/** The provider did not answer, or not in time. Nothing was changed. */
export class ProviderUnavailable extends Unavailable {
  readonly code = 'provider_unavailable';
  constructor(retryAfterSeconds = 30) {
    super('The provider could not be reached. Nothing was changed; try again.', { retryAfterSeconds });
  }
}

/** A field is not the phone number that it should be. */
export class InvalidPhoneNumber extends Invalid {
  readonly code = 'invalid_phone_number';
  constructor(field: string) {
    super('This is not a phone number.', {
      fields: [
        { field, code: 'e164', message: `${field} must be a phone number in international form (E.164)` },
      ],
    });
  }
}
