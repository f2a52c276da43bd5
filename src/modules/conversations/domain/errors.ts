import { Conflict, Forbidden, Invalid, NotFound } from '../../../common/errors';
import type { SendRefusal } from './reply-rules';
import { TemplateNotApproved } from './template-errors';
import { NoCodeOpen } from './verification/verification-errors';

/** Absent, or another organization's. */
export class ConversationNotFound extends NotFound {
  readonly code = 'conversation_not_found';
  constructor() {
    super('There is no conversation with this id.');
  }
}

/** Absent, or another organization's. */
export class MessageNotFound extends NotFound {
  readonly code = 'message_not_found';
  constructor() {
    super('There is no message with this id.');
  }
}

/** Absent, erased, or another organization's. */
export class RecipientNotFound extends NotFound {
  readonly code = 'contact_not_found';
  constructor() {
    super('There is no contact with this id.');
  }
}

/** Neither a number nor an id at WhatsApp is known of the contact. */
export class RecipientUnreachable extends Invalid {
  readonly code = 'contact_unreachable';
  constructor() {
    super('No number of this contact is known.');
  }
}

/** The text cannot be sent as it is. */
export class TextNotSendable extends Invalid {
  readonly code = 'text_not_sendable';
  constructor(code: 'blank' | 'too_long', message: string) {
    super('This text cannot be sent.', { fields: [{ field: 'text', code, message }] });
  }
}

/** A template brings all that it says. */
export class TextBesideTemplate extends Invalid {
  readonly code = 'text_beside_template';
  constructor() {
    const message = 'A template brings all that it says: leave it, or text and files, out.';
    super(message, { fields: [{ field: 'text', code: 'text_beside_template', message }] });
  }
}

/** The person asked not to be written to for this purpose, or never allowed it. */
export class ContactOptedOut extends Invalid {
  readonly code = 'contact_opted_out';
  constructor() {
    super(
      'This person opted out of such messages on this channel, or never opted in to them. An opt-in word of theirs changes that, or new consent that is recorded.',
    );
  }
}

/** A member suspended the number. */
export class NumberSuspended extends Invalid {
  readonly code = 'number_suspended';
  constructor() {
    super('This number is suspended: nothing is sent there until its mapping is active again.');
  }
}

/** The provider said that nobody can be reached there. */
export class NumberUnreachable extends Invalid {
  readonly code = 'invalid_number';
  constructor() {
    super(
      'Nobody can be reached at this number. That changes when they write from it, or its mapping is set active.',
    );
  }
}

/** The customer's last message is more than 24 hours old. */
export class SessionWindowClosed extends Invalid {
  readonly code = 'session_window_closed';
  constructor() {
    super(
      'Free text can be sent within 24 hours of the last message of the customer; at other times a template that is approved.',
    );
  }
}

/** The number that the conversation was held on is not connected any more. */
export class ConnectionGone extends Conflict {
  readonly code = 'connection_gone';
  constructor() {
    super('The number of this conversation is not connected any more.');
  }
}

/** The number that the conversation is held on was switched off by a member. */
export class ConversationConnectionInactive extends Conflict {
  readonly code = 'connection_inactive';
  constructor() {
    super('The connection of this conversation is not active.');
  }
}

/** The operator suspended the organization while the message was being written. */
export class SendingSuspended extends Forbidden {
  readonly code = 'organization_suspended';
  constructor() {
    super('This organization is suspended.');
  }
}

/** It has been handed over, or has come to its end. */
export class MessageNotCancelable extends Conflict {
  readonly code = 'message_not_cancelable';
  constructor() {
    super('This message is on its way, or has come to its end: it cannot be canceled any more.');
  }
}

/** The error that tells a caller why no free text can be sent. */
export function errorOfRefusal(refusal: SendRefusal): Conflict | Forbidden | Invalid {
  switch (refusal) {
    case 'organization_suspended':
      return new SendingSuspended();
    case 'connection_gone':
      return new ConnectionGone();
    case 'connection_inactive':
      return new ConversationConnectionInactive();
    case 'number_suspended':
      return new NumberSuspended();
    case 'invalid_number':
      return new NumberUnreachable();
    case 'code_over':
      return new NoCodeOpen();
    case 'opted_out':
      return new ContactOptedOut();
    case 'outside_window':
      return new SessionWindowClosed();
    case 'template_not_approved':
      return new TemplateNotApproved();
  }
}
