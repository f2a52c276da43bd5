import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { toE164 } from '../../contacts';
import { ConsentRecords } from '../db/consent-records.repository';
import { ConsentContactNotFound, ConsentInvalid } from '../domain/consent-errors';
import { InvalidPhoneNumber } from '../domain/errors';

/** Whom a request speaks of: one of the two. */
export interface Person {
  readonly phone?: string | undefined;
  readonly contactId?: Uuid | undefined;
}

/** Finds the addresses that a request speaks of: consent is an address's. */
@Injectable()
export class ConsentAddresses {
  constructor(private readonly records: ConsentRecords) {}

  /** All of a contact, or the one. Throws {@link ConsentInvalid}, `InvalidPhoneNumber` and {@link ConsentContactNotFound}. */
  async all({ phone, contactId }: Person): Promise<string[]> {
    if ((phone === undefined) === (contactId === undefined))
      throw new ConsentInvalid([
        { field: 'phone', code: 'one_of_two', message: 'give either phone or contactId' },
      ]);
    if (phone !== undefined) return [await this.address(phone)];
    const contact = contactId === undefined ? undefined : await this.records.addressesOf(contactId);
    if (!contact) throw new ConsentContactNotFound();
    return contact.all;
  }

  /** The one that a contact bears now. Throws as {@link all} does. */
  async one(person: Person): Promise<string> {
    const all = await this.all(person);
    const contact = person.contactId ? await this.records.addressesOf(person.contactId) : undefined;
    const address = contact?.phone ?? (all.length === 1 ? all[0] : undefined);
    if (address === undefined)
      throw new ConsentInvalid([
        { field: 'contactId', code: 'no_address', message: 'the contact has no number of their own' },
      ]);
    return address;
  }

  /** In E.164, or an id of WhatsApp's that is known here. */
  async address(phone: string): Promise<string> {
    const number = toE164(phone);
    if (number !== undefined) return number;
    if (await this.records.isKnown(phone)) return phone;
    throw new InvalidPhoneNumber('phone');
  }
}
