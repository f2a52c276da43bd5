import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** A contact's lead score became `hot`, or a contact was made with it: somebody should act. */
export class ContactBecameHot extends DomainEvent<{ readonly orgId: Uuid; readonly contactId: Uuid }> {
  static readonly eventName = 'contacts.contact-became-hot';
}
