import type { Uuid } from '../../../common/context';
import { DomainEvent } from '../../../common/events';

/** Two contacts became one; `mergedId` stands for `contactId` from now on. */
export class ContactsMerged extends DomainEvent<{
  readonly orgId: Uuid;
  readonly contactId: Uuid;
  readonly mergedId: Uuid;
}> {
  static readonly eventName = 'contacts.contacts-merged';
}
