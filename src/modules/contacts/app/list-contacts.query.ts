import { Injectable } from '@nestjs/common';
import { Database } from '../../../common/database';
import { Cursors, type Page } from '../../../common/http';
import { foundBy, sortedBy, type Stretch } from '../db/contact-order';
import { ContactViewsRepository, type After } from '../db/contact-views.repository';
import { DEFAULT_SORT, type ContactFilter, type ContactItem, type ContactSort } from '../domain/contact-list';
import { contactSearch } from '../domain/contact-search';
import { SimilarNotSorted } from '../domain/list-errors';
import { asKept, isDialled, toE164 } from '../domain/phone';
import { RulesForContacts } from './contact-rules';

/** How many of the nearest a list by similarity can show, over all its pages. */
const MOST_SIMILAR = 200;
/** Of how many of the nearest a filter lets through, where those are not a page. */
const MOST_LOOKED_AT = 2_000;

/** What is asked of the list: the filter, with numbers as they were typed. */
export interface ContactListQuery extends Omit<ContactFilter, 'search'> {
  /** The beginning of a name, a phone or an email. */
  readonly q?: string | undefined;
  /** A text that name, phone or email resemble. */
  readonly similar?: string | undefined;
  readonly sort?: ContactSort | undefined;
}

/** The organization's contacts. */
@Injectable()
export class ListContacts {
  constructor(
    private readonly database: Database,
    private readonly cursors: Cursors,
    private readonly views: ContactViewsRepository,
    private readonly rules: RulesForContacts,
  ) {}

  /**
   * In the order of `sort`; else, when something is searched for, in the order of what was found; else the newest change
   * first. `similar` has its own order. Throws `BadCursor` and `SimilarNotSorted`.
   */
  async page(query: ContactListQuery, limit: number, cursor: string | undefined): Promise<Page<ContactItem>> {
    const filter = await this.filterOf(query);
    const { sort, similar } = query;
    if (similar !== undefined) {
      if (sort !== undefined) throw new SimilarNotSorted();
      const country = isDialled(similar) ? await this.rules.defaultCountry() : '';
      return this.similar(asKept(similar, country), filter, limit, cursor);
    }
    // Search and order are the same thing unless an order is asked for besides.
    const { search, ...others } = filter;
    return search && sort === undefined
      ? this.list('found', foundBy(search), others, [filter], limit, cursor)
      : this.list('sorted', sortedBy(sort ?? DEFAULT_SORT), filter, [filter, sort], limit, cursor);
  }

  /**
   * The filter that a query means, and its order, for whoever reads all of it. A number that is none is kept as it is, so
   * that nothing is found.
   */
  async filterOf({
    q,
    phone,
    similar: _similar,
    sort: _sort,
    ...filter
  }: ContactListQuery): Promise<ContactFilter> {
    // The country is asked for where a number without one was typed, not for every list.
    const dialled = isDialled(phone ?? '') || isDialled(q ?? '');
    const defaultCountry = dialled ? await this.rules.defaultCountry() : '';
    return {
      ...filter,
      ...(phone === undefined ? {} : { phone: toE164(phone, defaultCountry) ?? phone }),
      ...(q === undefined || q.trim() === '' ? {} : { search: contactSearch(q, defaultCountry) }),
    };
  }

  private list(
    how: 'found' | 'sorted',
    stretches: readonly Stretch[],
    filter: ContactFilter,
    bound: readonly unknown[],
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<ContactItem>> {
    const from = new Map<ContactItem, number>();
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['contacts', ...bound],
      limit,
      cursor,
      read: async (after, count) => {
        const [first, position] = after ? inStretch(after) : [0, null];
        const placed = await this.views[how](filter, stretches.slice(first), position, count);
        for (const { item, stretch } of placed) from.set(item, first + stretch);
        return [...from.keys()];
      },
      position: (item) => {
        const at = from.get(item) ?? 0;
        return [`${at}:${stretches[at]?.key?.of(item) ?? ''}`, item.id];
      },
    });
  }

  private similar(
    text: string,
    filter: ContactFilter,
    limit: number,
    cursor: string | undefined,
  ): Promise<Page<ContactItem>> {
    const distances = new Map<ContactItem, number>();
    const filtered = Object.values(filter).some((value) => value !== undefined);
    return this.cursors.list({
      orgId: this.database.tx.orgId,
      filter: ['similar contacts', text, filter],
      limit,
      cursor,
      read: async (after, count) => {
        const position = after && { key: after[0], id: after[1] };
        const look = (most: number) => this.views.similar({ text, most }, filter, position, count);
        let rows = await look(filtered || cursor !== undefined ? MOST_SIMILAR : count);
        if (filtered && rows.length < count) rows = await look(MOST_LOOKED_AT);
        for (const { distance, ...item } of rows) distances.set(item, distance);
        return [...distances.keys()];
      },
      position: (item) => [String(distances.get(item)), item.id],
    });
  }
}

/** A cursor's position: which stretch, and where in it. */
function inStretch([sortKey, id]: readonly [string, string]): [number, After] {
  const colon = sortKey.indexOf(':');
  return [Number(sortKey.slice(0, colon)), { key: sortKey.slice(colon + 1), id }];
}
