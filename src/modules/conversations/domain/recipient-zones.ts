import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max';
import { IANAZone } from 'luxon';
import map from './phone-zones.json';

/** Zones by the beginnings of numbers, without `+`. */
const ZONES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(map).flatMap(([zones, prefixes]) => {
    const split = zones.split(' ');
    return prefixes.split(' ').map((prefix) => [prefix, split] as const);
  }),
);
const LONGEST_PREFIX = Math.max(...[...ZONES.keys()].map((prefix) => prefix.length));

/**
 * The time zones in which a recipient may be: the contact's own where it is known; else those of the number's area, or of
 * its country where the area does not tell (mobile numbers of most countries); else the organization's, as for those who are
 * reached by an id without a number. The organization's zone comes first where it is among several.
 */
export function recipientZones(
  /** E.164, or the channel's own id of a person who shows no number. */
  address: string,
  contactTimezone: string | null,
  organizationTimezone: string,
): readonly string[] {
  if (contactTimezone !== null && isKnown(contactTimezone)) return [contactTimezone];
  const zones = zonesOfNumber(address);
  if (zones.length === 0) return [organizationTimezone];
  if (!zones.includes(organizationTimezone)) return zones;
  return [organizationTimezone, ...zones.filter((zone) => zone !== organizationTimezone)];
}

/** Calling codes of countries whose mobile numbers bear an area code: Mexico, Argentina, Brazil, Indonesia, China. */
const AREAS_OF_MOBILES: ReadonlySet<string> = new Set(['52', '54', '55', '62', '86']);

function zonesOfNumber(address: string): readonly string[] {
  const number = /^\+\d+$/.test(address) ? parsePhoneNumberFromString(address) : undefined;
  if (number === undefined) return [];
  const { number: digits, countryCallingCode } = number;
  const zones = hasArea(number) ? byPrefix(digits.slice(1)) : ZONES.get(countryCallingCode);
  return (zones ?? []).filter(isKnown);
}

/** An older runtime may not know a zone that was made since. */
function isKnown(zone: string): boolean {
  return IANAZone.create(zone).isValid;
}

/** Whether the first digits of a number tell where it is: mobile numbers of most countries are of the whole country. */
function hasArea(number: PhoneNumber): boolean {
  const type = number.getType();
  return (
    type === 'FIXED_LINE' ||
    type === 'FIXED_LINE_OR_MOBILE' ||
    (type === 'MOBILE' && AREAS_OF_MOBILES.has(number.countryCallingCode))
  );
}

/** The zones of the longest known beginning. */
function byPrefix(digits: string): readonly string[] | undefined {
  for (let length = LONGEST_PREFIX; length > 0; length--) {
    const zones = ZONES.get(digits.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return undefined;
}
