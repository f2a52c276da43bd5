import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** A person who was not known before became a contact. */
export class ContactCreated extends DomainEvent<{ readonly orgId: Uuid; readonly contactId: Uuid }> {
  static readonly eventName = 'contacts.contact-created';
}
