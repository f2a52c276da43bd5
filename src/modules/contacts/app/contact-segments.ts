import { Injectable } from '@nestjs/common';
import { ContactFieldsRepository } from '../db/contact-fields.repository';
import type { ContactFilter } from '../domain/contact-list';
import type { ContactSegment } from '../domain/contact-segment';
import { ListContacts } from './list-contacts.query';

/** What modules above may ask about many people at once. Works within the transaction at hand. */
@Injectable()
export class ContactSegments {
  constructor(
    private readonly lists: ListContacts,
    private readonly fields: ContactFieldsRepository,
  ) {}

  /** Whom a segment means now; `contactConditions` makes it SQL. */
  filterOf(segment: ContactSegment): Promise<ContactFilter> {
    const { serviceInterest, tag, customField, ...others } = segment;
    const { q, phone, leadScore, leadStatus } = others;
    return this.lists.filterOf({
      ...given({ q, phone, leadScore, leadStatus }),
      ...given({
        createdFrom: timeOf(others.createdFrom),
        createdTo: timeOf(others.createdTo),
        lastContactFrom: timeOf(others.lastContactFrom),
        lastContactTo: timeOf(others.lastContactTo),
      }),
      ...given({ serviceInterests: serviceInterest, tags: tag, customFields: customField?.map(keyAndValue) }),
    });
  }

  /** The keys of the organization's own fields. */
  async fieldKeys(): Promise<ReadonlySet<string>> {
    return new Set((await this.fields.all()).map(({ key }) => key));
  }
}

/** Without what was left out, which can also have been said by null. */
function given<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], null | undefined> } {
  const there = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(there) as { [Key in keyof T]?: Exclude<T[Key], null | undefined> };
}

function timeOf(time: Date | string | null | undefined): Date | undefined {
  return time === undefined || time === null ? undefined : new Date(time);
}

function keyAndValue(text: string): [key: string, value: string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}
