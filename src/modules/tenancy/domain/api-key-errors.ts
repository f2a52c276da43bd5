import { Conflict, Forbidden, Invalid } from '../../../common/errors';

/** The key was revoked or has expired: there is nothing to replace. */
export class ApiKeyEnded extends Conflict {
  readonly code = 'api_key_ended';
  constructor() {
    super('This API key was revoked or has expired. Make a new one.');
  }
}
/** A key that makes keys could prolong itself for ever. */
export class ExpiryAfterMaker extends Invalid {
  readonly code = 'expiry_after_maker';
  constructor() {
    super('An API key cannot make a key that works longer than itself.', {
      fields: [
        {
          field: 'expiresAt',
          code: 'expiry_after_maker',
          message: 'expiresAt must not be after the expiry of the key that makes it',
        },
      ],
    });
  }
}
/** Whoever replaces a key sees its new secret, and with it gets all that the key may do. */
export class KeyBeyondCaller extends Forbidden {
  readonly code = 'key_beyond_caller';
  constructor() {
    super('This API key may do more, or works longer, than you. Someone who may do as much must replace it.');
  }
}
