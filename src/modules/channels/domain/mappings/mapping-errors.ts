import type { Uuid } from '../../../../common/context';
import { Conflict, Invalid, NotFound, type FieldError } from '../../../../common/errors';

/** Absent, or another organization's. */
export class MappingNotFound extends NotFound {
  readonly code = 'mapping_not_found';
  constructor() {
    super('There is no phone number mapping with this id.');
  }
}

/** Of a number there is one mapping. */
export class MappingTaken extends Conflict {
  readonly code = 'mapping_taken';
  constructor(mappingId: Uuid) {
    super('There is a mapping of this number already.', { related: { mappingId } });
  }
}

/** Something is known by it: messages, or what somebody consented to. */
export class MappingInUse extends Conflict {
  readonly code = 'mapping_in_use';
  constructor() {
    super(
      'Messages or words about consent are known of this number. Suspend the mapping, so that nothing is sent there; who asks to be forgotten is erased with their contact.',
    );
  }
}

/** What a contact bears is that contact's. */
export class NumberOfAnotherContact extends Conflict {
  readonly code = 'number_of_another_contact';
  constructor(contactId: Uuid) {
    super('Another contact bears this number. Change it there first.', { related: { contactId } });
  }
}

/** A mapping is a person's, who is known here. */
export class MappingInvalid extends Invalid {
  readonly code = 'mapping_invalid';
  constructor(fields: readonly FieldError[]) {
    super('What is said here of a mapping cannot be kept.', { fields });
  }
}
