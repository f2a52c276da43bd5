import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ContactBook } from '../db/contact-book.repository';
import { ContactBecameHot } from '../domain/contact-became-hot';
import { ContactCreated } from '../domain/contact-created';
import type { ContactView } from '../domain/contact-list';
import { checkNewContact, type ContactInput } from '../domain/contact-values';
import { becameHot } from '../domain/lead';
import { RulesForContacts } from './contact-rules';

/** Adds a contact to the book. */
@Injectable()
export class CreateContact {
  constructor(
    private readonly database: Database,
    private readonly book: ContactBook,
    private readonly rules: RulesForContacts,
    private readonly events: EventBus,
  ) {}

  /** Throws `ContactInvalid`, which names every field that is not right, and `PhoneTaken`. */
  async execute(input: ContactInput): Promise<ContactView> {
    const values = checkNewContact(input, await this.rules.forWriting());
    const contact = await this.book.insert(values);
    const news = { orgId: this.database.tx.orgId, contactId: contact.id };
    await this.events.publish(new ContactCreated(news));
    if (becameHot(null, values.leadScore)) await this.events.publish(new ContactBecameHot(news));
    return contact;
  }
}
