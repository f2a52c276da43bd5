import { Conflict, Invalid, NotFound, Unavailable } from '../../../common/errors';
import type { RejectedPart } from './provider-account';

const REJECTED: Readonly<Record<RejectedPart, string>> = {
  app: 'There is no such app, or the secret is not its own.',
  token: 'The access token is not valid, or of another app.',
  account: 'The access token does not open this account.',
  number: 'The account has no number with this id.',
};

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
  constructor(part?: RejectedPart) {
    super(`The provider did not accept these credentials.${part === undefined ? '' : ` ${REJECTED[part]}`}`);
  }
}

/** What is given opens nothing at the provider of this number: nothing would be replaced by it. */
export class SecretsOfOtherProvider extends Invalid {
  readonly code = 'secrets_of_other_provider';
  constructor(names: readonly string[]) {
    super('The provider of this number knows no such secret.', {
      fields: names.map((field) => ({
        field,
        code: 'of_other_provider',
        message: `${field} is a secret of another provider than this number's`,
      })),
    });
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
