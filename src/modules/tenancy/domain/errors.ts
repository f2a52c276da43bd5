import {
  Conflict,
  Forbidden,
  Invalid,
  NotFound,
  TooManyRequests,
  Unauthenticated,
  Unavailable,
} from '../../../common/errors';

/** Every credential that is not accepted is answered with the same code and words: which part is wrong helps nobody but an attacker. */
abstract class CredentialRefused extends Unauthenticated {
  readonly code = 'unauthenticated';
  constructor() {
    super('Sign in again, or check the API key.');
  }
}
/** No credential was sent, or nothing that looks like one. */
export class NoCredential extends CredentialRefused {}
/** An access token that this installation did not issue, or that has expired. */
export class InvalidToken extends CredentialRefused {}
/** The session of the token was revoked or has expired, or the user left the organization. */
export class SessionEnded extends CredentialRefused {}
/** An API key that is unknown, expired or revoked. */
export class InvalidApiKey extends CredentialRefused {}

/** Unknown address, wrong password, disabled user, or no such membership; the caller cannot tell which. */
export class WrongCredentials extends Unauthenticated {
  readonly code = 'wrong_credentials';
  constructor() {
    super('The email address or the password is wrong.');
  }
}
/** More sign-ins wait for their password check than is sensible. */
export class TooManySignIns extends Unavailable {
  readonly code = 'too_many_sign_ins';
  constructor() {
    super('Too many people are signing in at this moment. Try again.', { retryAfterSeconds: 2 });
  }
}
/** Too many failures from this address, or too many checks of it at once. */
export class SignInThrottled extends TooManyRequests {
  readonly code = 'too_many_attempts';
  constructor() {
    super('Too many attempts to sign in from here. Try again in a moment.', { retryAfterSeconds: 10 });
  }
}
/** The operator suspended the organization; told only to those who hold a valid credential for it. */
export class OrganizationSuspended extends Forbidden {
  readonly code = 'organization_suspended';
  constructor() {
    super('This organization is suspended.');
  }
}
/** Absent, or the user does not belong to it. */
export class OrganizationNotFound extends NotFound {
  readonly code = 'organization_not_found';
  constructor() {
    super('There is no such organization.');
  }
}
/** Absent, or another organization's. */
export class ApiKeyNotFound extends NotFound {
  readonly code = 'api_key_not_found';
  constructor() {
    super('There is no such API key.');
  }
}
/** The creator of an API key may not do this themselves. */
export class ScopeNotHeld extends Forbidden {
  readonly code = 'scope_not_held';
  constructor(scopes: readonly string[]) {
    super('An API key can only be given scopes that you have yourself.', {
      fields: scopes.map((scope) => ({
        field: 'scopes',
        code: 'scope_not_held',
        message: `you do not have ${scope}`,
      })),
    });
  }
}
/** A key that would never work. */
export class ExpiryInPast extends Invalid {
  readonly code = 'expiry_in_past';
  constructor() {
    super('The API key would have expired already.', {
      fields: [{ field: 'expiresAt', code: 'expiry_in_past', message: 'expiresAt must be in the future' }],
    });
  }
}
/** The user belongs to the organization already. */
export class AlreadyMember extends Conflict {
  readonly code = 'already_member';
  constructor() {
    super('This user is a member already.');
  }
}
/** A new password is shorter than the rule. */
export class PasswordTooShort extends Invalid {
  readonly code = 'password_too_short';
  constructor(field = 'password') {
    const message = `${field} takes at least 10 characters`;
    super('The password is too short: it takes at least 10 characters.', {
      fields: [{ field, code: 'password_too_short', message }],
    });
  }
}
/** A password is longer than the rule. */
export class PasswordTooLong extends Invalid {
  readonly code = 'password_too_long';
  constructor(field = 'password') {
    const message = `${field} takes at most 200 characters`;
    super('The password is too long: it takes at most 200 characters.', {
      fields: [{ field, code: 'password_too_long', message }],
    });
  }
}
