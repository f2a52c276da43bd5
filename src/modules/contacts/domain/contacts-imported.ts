import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** A file of contacts was imported. Told once for all of them, in place of news of each. */
export class ContactsImported extends DomainEvent<{
  readonly orgId: Uuid;
  readonly importId: Uuid;
  readonly created: number;
  readonly updated: number;
}> {
  static readonly eventName = 'contacts.contacts-imported';
}
