import { Conflict, Invalid, NotFound, type FieldError } from '../../../common/errors';

/** Absent, deleted, or another organization's. */
export class ContactFieldNotFound extends NotFound {
  readonly code = 'contact_field_not_found';
  constructor() {
    super('There is no such field.');
  }
}

/** A field with this key is there, or its values are still being deleted. */
export class FieldKeyTaken extends Conflict {
  readonly code = 'contact_field_key_taken';
  constructor() {
    const message = 'Another field has this key, or had it until a moment ago.';
    super(message, { fields: [{ field: 'key', code: 'contact_field_key_taken', message }] });
  }
}

/** An organization has so many fields and no more. */
export class TooManyFields extends Conflict {
  readonly code = 'too_many_contact_fields';
  constructor(most: number) {
    super(`An organization has at most ${most} fields of its own.`);
  }
}

/** What was given does not make a field. */
export class ContactFieldInvalid extends Invalid {
  readonly code = 'contact_field_invalid';
  constructor(fields: readonly FieldError[]) {
    super('Some fields are not right.', { fields });
  }
}
