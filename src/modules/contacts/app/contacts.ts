import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Database } from '../../../common/database';
import { EventBus } from '../../../common/events';
import { ContactBook } from '../db/contact-book.repository';
import { ContactRecords } from '../db/contact-records.repository';
import { ContactsRepository } from '../db/contacts.repository';
import { keptName, type ContactSighting, type FoundContact } from '../domain/contact';
import { ContactCreated } from '../domain/contact-created';

/** Seeing and adding can each miss what another transaction does in between; the third look finds it. */
const LOOKS = 3;

/** What modules above may ask about people. Works within the transaction at hand. */
@Injectable()
export class Contacts {
  constructor(
    private readonly database: Database,
    private readonly contacts: ContactsRepository,
    private readonly records: ContactRecords,
    private readonly book: ContactBook,
    private readonly events: EventBus,
  ) {}

  /**
   * The contact behind a sign of life, made when the person is new. Safe when many do it at once: one contact comes out.
   * Fills an empty name and moves `last_contact_at` forward only.
   */
  async findOrCreate(given: ContactSighting): Promise<FoundContact> {
    if (given.phone === null && given.whatsappId === null)
      throw new TypeError('a contact has a phone or a WhatsApp id');
    const sighting = { ...given, name: keptName(given.name) };
    for (let look = 0; look < LOOKS; look++) {
      const alias = await given.knownAs?.();
      const known = await this.contacts.noteSighting(sighting, alias);
      if (known) return { contactId: known, created: false };
      // A merge in between gave the address to another contact.
      if ((await given.knownAs?.()) !== alias) continue;
      const contactId = await this.contacts.insert(sighting);
      if (!contactId) continue;
      await this.events.publish(new ContactCreated({ orgId: this.database.tx.orgId, contactId }));
      return { contactId, created: true };
    }
    throw new Error('a contact is there and cannot be found');
  }

  /** A person of whom nothing is known: who called without showing a number, and left a message. */
  async addUnknown(at: Date): Promise<Uuid> {
    const contactId = await this.contacts.insert({ phone: null, whatsappId: null, name: null, at });
    if (!contactId) throw new Error('a contact without an address was taken for another one');
    await this.events.publish(new ContactCreated({ orgId: this.database.tx.orgId, contactId }));
    return contactId;
  }

  /**
   * The contact that an id stands for now: itself, or the one that it was merged into; undefined when it was erased. It stays
   * so until the transaction ends.
   */
  async current(contactId: Uuid): Promise<Uuid | undefined> {
    if (await this.records.hold(contactId)) return contactId;
    const tombstone = await this.records.tombstone(contactId);
    if (!tombstone?.merged_into) return undefined;
    return this.current(tombstone.merged_into);
  }

  /** The business wrote to them, and it was sent: moves `last_contact_at` forward, never back, and a lead that was new is `contacted` from now on. */
  noteOutreach(contactIds: readonly Uuid[], at: Date): Promise<void> {
    return this.book.noteOutreach(contactIds, at);
  }
}
