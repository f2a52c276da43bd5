import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ContactBook } from '../db/contact-book.repository';
import { ContactRecords } from '../db/contact-records.repository';
import { ContactBecameHot } from '../domain/contact-became-hot';
import { ContactCreated } from '../domain/contact-created';
import type { ContactView } from '../domain/contact-list';
import { checkNewContact, type ContactInput } from '../domain/contact-values';
import { PhoneTaken } from '../domain/errors';
import { becameHot } from '../domain/lead';
import { RulesForContacts } from './contact-rules';

/** Adds a contact to the book. */
@Injectable()
export class CreateContact {
  constructor(
    private readonly database: Database,
    private readonly book: ContactBook,
    private readonly records: ContactRecords,
    private readonly rules: RulesForContacts,
    private readonly events: EventBus,
  ) {}

  /** Throws `ContactInvalid`, which names every field that is not right, and `PhoneTaken`. */
  async execute(input: ContactInput): Promise<ContactView> {
    const values = checkNewContact(input, await this.rules.forWriting());
    const contact = await this.book.insert(values);
    // Asked afterwards: a merge that was under way has ended, or the number would not have been free.
    const leadsTo = values.phone === null ? undefined : await this.records.leadOf(values.phone);
    if (leadsTo) throw new PhoneTaken(leadsTo);
    const news = { orgId: this.database.tx.orgId, contactId: contact.id };
    await this.events.publish(new ContactCreated(news));
    if (becameHot(null, values.leadScore)) await this.events.publish(new ContactBecameHot(news));
    return contact;
  }
}
