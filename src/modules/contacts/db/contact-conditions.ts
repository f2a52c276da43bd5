import type { ContactFilter } from '../domain/contact-list';
import type { ContactSearch } from '../domain/contact-search';

/** Gives a value its place among the parameters: `$3`. */
export type Place = (value: unknown) => string;

const COLUMN_OF = {
  leadScore: 'c.lead_score =',
  leadStatus: 'c.lead_status =',
  phone: 'c.phone =',
  createdFrom: 'c.created_at >=',
  createdTo: 'c.created_at <',
  lastContactFrom: 'c.last_contact_at >=',
  lastContactTo: 'c.last_contact_at <',
} as const;

/** The same text as the trigger writes into contact_facets. */
function facet(kind: string, value: string, place: Place): string {
  return `EXISTS (SELECT FROM contact_facets f WHERE f.org_id = c.org_id AND f.contact_id = c.id
    AND f.facet = ${place(`${kind}:`)} || left(search_key(${place(value)}), 200))`;
}

/**
 * Prefixes, as conditions that each have an index: what begins with a text lies in a range of the order of bytes. The order
 * of the conditions is that of the results.
 */
export const PREFIX = {
  name: (prefix: string) => `c.name_key ^@ search_key(${prefix})`,
  surname: (prefix: string) => `c.surname_key ^@ search_key(${prefix})`,
  email: (prefix: string) => `c.email ^@ ${prefix}`,
  phone: (prefix: string) => `c.phone ^@ ${prefix}`,
} as const;

function anywhere(search: ContactSearch, place: Place): string {
  switch (search.kind) {
    case 'phone':
      return `(${search.prefixes.map((prefix) => PREFIX.phone(place(prefix))).join(' OR ')})`;
    case 'email':
      return PREFIX.email(place(search.prefix));
    case 'name': {
      const prefix = place(search.prefix);
      return `(${PREFIX.name(prefix)} OR ${PREFIX.surname(prefix)} OR ${PREFIX.email(`lower(${prefix})`)})`;
    }
  }
}

/**
 * What a filter comes to. Only the conditions in use are written, so that each finds its index; the organization is named by
 * the policy and not again here (docs/adr/0011-policies-name-the-organization-in-hot-reads.md).
 */
export function conditionsOf(filter: ContactFilter, place: Place): string[] {
  const columns = Object.keys(COLUMN_OF) as (keyof typeof COLUMN_OF)[];
  return [
    ...columns
      .filter((name) => filter[name] !== undefined)
      .map((name) => `${COLUMN_OF[name]} ${place(filter[name])}`),
    ...(filter.tags ?? []).map((tag) => facet('tag', tag, place)),
    ...(filter.serviceInterests ?? []).map((interest) => facet('interest', interest, place)),
    ...(filter.customFields ?? []).map(([key, value]) => facet(`field:${key}`, value, place)),
    ...(filter.search ? [anywhere(filter.search, place)] : []),
  ];
}
