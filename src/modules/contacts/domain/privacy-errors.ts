import type { Uuid } from '../../../common/context';
import { Conflict, Invalid, NotFound } from '../../../common/errors';

/** It was merged into another one, whose id is told. */
export class ContactMerged extends NotFound {
  readonly code = 'contact_merged';
  constructor(into: Uuid) {
    super('This contact was merged into another one.', {
      fields: [{ field: 'id', code: 'merged_into', message: into }],
      related: { contactId: into },
    });
  }
}

/** The two are one already. */
export class MergeWithItself extends Invalid {
  readonly code = 'merge_with_itself';
  constructor() {
    super('A contact cannot be merged with itself.', {
      fields: [{ field: 'from', code: 'merge_with_itself', message: 'from must be another contact' }],
    });
  }
}

/** The contact to be merged away is none. */
export class MergeSourceNotFound extends NotFound {
  readonly code = 'merge_source_not_found';
  constructor() {
    super('There is no such contact to merge from.');
  }
}

/** Together they have more of something than one contact can have. */
export class MergeTooLarge extends Invalid {
  readonly code = 'merge_too_large';
  constructor(field: string, most: number, code: 'too_many' | 'too_long' = 'too_many') {
    super('The two contacts have more together than one contact can have.', {
      fields: [{ field, code, message: `${field} takes at most ${most}` }],
    });
  }
}

/** A legal hold lies on the contact: its data must be kept as it is. */
export class UnderLegalHold extends Conflict {
  readonly code = 'legal_hold';
  constructor() {
    super('A legal hold lies on this contact; its reason can be read there. Nothing of it may go.');
  }
}

/** There is a hold already; its reason is not overwritten. */
export class LegalHoldExists extends Conflict {
  readonly code = 'legal_hold_exists';
  constructor() {
    super('A legal hold lies on this contact already.');
  }
}

/** No hold lies on the contact. */
export class LegalHoldNotFound extends NotFound {
  readonly code = 'legal_hold_not_found';
  constructor() {
    super('No legal hold lies on this contact.');
  }
}

/** The contact is being forgotten at this moment. */
export class ErasureRunning extends Conflict {
  readonly code = 'erasure_running';
  constructor() {
    super('This contact is being erased.');
  }
}

/** Nobody asked for that contact to be erased. */
export class ErasureNotFound extends NotFound {
  readonly code = 'erasure_not_found';
  constructor() {
    super('There is no erasure of such a contact.');
  }
}

/** Absent, decided already, or another organization's. */
export class DuplicateNotFound extends NotFound {
  readonly code = 'duplicate_not_found';
  constructor() {
    super('There is no such pair.');
  }
}
