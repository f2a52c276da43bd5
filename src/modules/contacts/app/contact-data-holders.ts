import { Injectable } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import type { Uuid } from '../../../common/context';
import { ContactRecords } from '../db/contact-records.repository';
import { HOLDS_CONTACT_DATA, type HoldsContactDataOptions } from '../db/holds-contact-data';
import type { ContactDataHolder, DataSubject } from '../domain/contact-data';

interface Registered {
  readonly options: HoldsContactDataOptions;
  readonly holder: ContactDataHolder;
}

/** All modules that keep something about contacts, from the highest of the stairs down. */
@Injectable()
export class ContactDataHolders {
  private found: readonly Registered[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly records: ContactRecords,
  ) {}

  all(): readonly ContactDataHolder[] {
    return this.registered().map(({ holder }) => holder);
  }

  /** Every table that some module answers for. */
  tables(): string[] {
    return this.registered().flatMap(({ options }) => options.tables);
  }

  /** The person behind a contact, in the transaction at hand. */
  async subject(contactId: Uuid): Promise<DataSubject> {
    const addresses = new Set<string>();
    for (const holder of this.all())
      for (const address of await holder.addressesOf(contactId)) addresses.add(address);
    const others = new Set(await this.records.addressesOfOthers(contactId, [...addresses]));
    return { contactId, addresses: [...addresses].filter((address) => !others.has(address)) };
  }

  private registered(): readonly Registered[] {
    this.found ??= this.discovery
      .getProviders()
      .flatMap(({ instance, metatype }): Registered[] => {
        if (!metatype || !instance) return [];
        const options = this.reflector.get<HoldsContactDataOptions | undefined>(HOLDS_CONTACT_DATA, metatype);
        return options ? [{ options, holder: instance as ContactDataHolder }] : [];
      })
      .sort((a, b) => b.options.stair - a.options.stair);
    return this.found;
  }
}
