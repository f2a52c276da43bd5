import { Conflict, Invalid, NotFound, Unavailable, type FieldError } from '../../../common/errors';

/** Absent, or another organization's. */
export class BulkSendNotFound extends NotFound {
  readonly code = 'bulk_send_not_found';
  constructor() {
    super('There is no such bulk send.');
  }
}

/** The connection that it is to go out by is absent, or another organization's. */
export class BulkConnectionNotFound extends NotFound {
  readonly code = 'connection_not_found';
  constructor() {
    super('There is no such connection to send by.');
  }
}

/** The template that it is to send is absent, or another organization's. */
export class BulkTemplateNotFound extends NotFound {
  readonly code = 'template_not_found';
  constructor() {
    super('There is no such template to send.');
  }
}

/** Changed and deleted it can be as long as it is a draft. */
export class BulkSendNotDraft extends Conflict {
  readonly code = 'bulk_send_not_draft';
  constructor() {
    super('This bulk send was started already. Only a draft can be changed or deleted.');
  }
}

/** It was started already. */
export class BulkSendNotStartable extends Conflict {
  readonly code = 'bulk_send_not_startable';
  constructor() {
    super('This bulk send was started already.');
  }
}

/** It does not run. */
export class BulkSendNotPausable extends Conflict {
  readonly code = 'bulk_send_not_pausable';
  constructor() {
    super('This bulk send is not running.');
  }
}

/** It is not paused. */
export class BulkSendNotResumable extends Conflict {
  readonly code = 'bulk_send_not_resumable';
  constructor() {
    super('This bulk send is not paused.');
  }
}

/** It was not started, or has ended. */
export class BulkSendNotCancellable extends Conflict {
  readonly code = 'bulk_send_not_cancellable';
  constructor() {
    super('This bulk send was not started or has ended already.');
  }
}

/** The connection was switched off by a member, or cannot carry text. */
export class BulkConnectionNotUsable extends Conflict {
  readonly code = 'connection_not_usable';
  constructor() {
    super('Nothing can be sent by this connection: it is not active, or it is one for calls.');
  }
}

/** Switched off, or not approved by the provider. */
export class BulkTemplateNotUsable extends Conflict {
  readonly code = 'template_not_usable';
  constructor() {
    super('This template cannot be sent: it is switched off, not approved, or of another provider account.');
  }
}

/** What the template's variables are to be does not fit the template. */
export class BulkVariablesInvalid extends Invalid {
  readonly code = 'bulk_variables_invalid';
  constructor(fields: readonly FieldError[]) {
    super('The variables do not fit the template.', { fields });
  }
}

/** When it is to start is no time ahead. */
export class BadSendTime extends Invalid {
  readonly code = 'bad_send_time';
  constructor(code: 'in_the_past' | 'too_far', message: string) {
    super('It cannot start at this time.', { fields: [{ field: 'sendAt', code, message }] });
  }
}

/** A thread was made, or contacts became one, between looking and writing: looked at again it is seen. */
export class BulkContactsChangedMeanwhile extends Unavailable {
  readonly code = 'bulk_contacts_changed_meanwhile';
  constructor() {
    super('Contacts were changed by others at the same time.');
  }
}
