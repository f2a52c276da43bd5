import type { ContactItem, ContactSort, SortField } from '../domain/contact-list';
import type { ContactSearch } from '../domain/contact-search';
import { LEAD_SCORES, LEAD_STATUSES } from '../domain/lead';
import { PREFIX, type Place } from './contact-conditions';

/**
 * A stretch of an ordered list, which one index gives in order. A list is its stretches one after the other: those with a
 * value, then those without; the hot ones, then the warm ones.
 */
export interface Stretch {
  readonly where?: (place: Place) => string;
  /** As ORDER BY takes it, without the id, which is always last. */
  readonly order: readonly string[];
  readonly direction: 'ASC' | 'DESC';
  /** None where the id alone orders the stretch. */
  readonly key?: SortKey;
}

/** What the next page begins after. */
interface SortKey {
  readonly column: string;
  /** The value of a row, as text. */
  of(item: ContactItem): string;
  /** The text as a value of the column. */
  value(place: string): string;
}

const time = (column: string, name: 'createdAt' | 'updatedAt' | 'lastContactAt'): SortKey => ({
  column,
  of: (item) => item[name]?.toISOString() ?? '',
  value: (place) => `${place}::timestamptz`,
});
const NAME: SortKey = {
  column: 'c.name_key',
  of: ({ name }) => name ?? '',
  value: (place) => `search_key(${place})`,
};
const SURNAME: SortKey = { ...NAME, column: 'c.surname_key', value: (place) => `surname_key(${place})` };
const EMAIL: SortKey = { column: 'c.email', of: ({ email }) => email ?? '', value: (place) => place };
const PHONE: SortKey = { column: 'c.phone', of: ({ phone }) => phone ?? '', value: (place) => place };
const CREATED = time('c.created_at', 'createdAt');
const UPDATED = time('c.updated_at', 'updatedAt');

/** By a column, from its first value to its last or the other way round; those without one come last either way. */
function byColumn(key: SortKey, direction: Stretch['direction'], nullable: boolean): Stretch[] {
  const order = [key.column];
  if (!nullable) return [{ order, direction, key }];
  return [
    { where: () => `${key.column} IS NOT NULL`, order, direction, key },
    { where: () => `${key.column} IS NULL`, order, direction },
  ];
}

/** By a word, in the order of `words`; among equals the newest change first. */
function byWord(column: string, words: readonly (string | null)[]): Stretch[] {
  return words.map((word) =>
    word === null
      ? { where: () => `${column} IS NULL`, order: [column, UPDATED.column], direction: 'DESC', key: UPDATED }
      : {
          where: (place) => `${column} = ${place(word)}`,
          order: [UPDATED.column],
          direction: 'DESC',
          key: UPDATED,
        },
  );
}

const SORTED: Readonly<Record<SortField, (direction: Stretch['direction']) => Stretch[]>> = {
  createdAt: (direction) => byColumn(CREATED, direction, false),
  updatedAt: (direction) => byColumn(UPDATED, direction, false),
  lastContactAt: (direction) => byColumn(time('c.last_contact_at', 'lastContactAt'), direction, true),
  name: (direction) => byColumn(NAME, direction, true),
  // Up is from cold to hot, and from new to lost.
  leadScore: (direction) => [
    ...byWord('c.lead_score', direction === 'DESC' ? LEAD_SCORES : LEAD_SCORES.toReversed()),
    ...byWord('c.lead_score', [null]),
  ],
  leadStatus: (direction) =>
    byWord('c.lead_status', direction === 'ASC' ? LEAD_STATUSES : LEAD_STATUSES.toReversed()),
};

/** The stretches of a list that is sorted so. */
export function sortedBy(sort: ContactSort): Stretch[] {
  const descending = sort.startsWith('-');
  const field = (descending ? sort.slice(1) : sort) as SortField;
  return SORTED[field](descending ? 'DESC' : 'ASC');
}

/** The stretches of what a search finds: by name, then by its last word, then by address. */
export function foundBy(search: ContactSearch): Stretch[] {
  const stretch = (key: SortKey, where: (place: Place) => string): Stretch => ({
    where,
    order: [key.column],
    direction: 'ASC',
    key,
  });
  if (search.kind === 'phone')
    return search.prefixes.map((prefix) => stretch(PHONE, (place) => PREFIX.phone(place(prefix))));
  if (search.kind === 'email') return [stretch(EMAIL, (place) => PREFIX.email(place(search.prefix)))];
  const name = (prefix: string): string => PREFIX.name(prefix);
  const surname = (prefix: string): string => PREFIX.surname(prefix);
  const address = (prefix: string): string => PREFIX.email(`lower(${prefix})`);
  /** `found` by the last and by none of the others. */
  const only =
    (found: (prefix: string) => string, ...before: ((prefix: string) => string)[]) =>
    (place: Place) => {
      const prefix = place(search.prefix);
      return [found(prefix), ...before.map((other) => `(${other(prefix)}) IS NOT TRUE`)].join(' AND ');
    };
  return [
    stretch(NAME, only(name)),
    stretch(SURNAME, only(surname, name)),
    stretch(EMAIL, only(address, name, surname)),
  ];
}
