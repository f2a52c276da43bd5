import {
  AsYouType,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js';

/** What a person writes around the digits of a number. */
const WRITTEN = /^\+?[\d\s().\-/\u2010-\u2015]{4,40}$/u;
/** What the database takes: E.164 has at most 15 digits. */
const E164 = /^\+[1-9]\d{5,14}$/;
const TYPED = /^\+?[\d\s().\-/\u2010-\u2015]{1,40}$/u;
/** The figures of any script, and the signs that come with them, as full width or with no-break spaces. */
const plain = (text: string): string => text.normalize('NFKC').trim();

function known(country: string | undefined): { defaultCountry?: CountryCode } {
  return country !== undefined && isSupportedCountry(country) ? { defaultCountry: country } : {};
}

/**
 * The number in E.164 (https://www.itu.int/rec/T-REC-E.164), or undefined when it is none. Spaces and punctuation are taken
 * out. Without `+` it is read as dialled in `defaultCountry` (ISO 3166-1 alpha-2), and not guessed at where none is given.
 */
export function toE164(text: string, defaultCountry?: string): string | undefined {
  const written = plain(text);
  if (!WRITTEN.test(written)) return undefined;
  const number = parsePhoneNumberFromString(written, { extract: false, ...known(defaultCountry) })?.number;
  return number !== undefined && isInternational(number) ? number : undefined;
}

/** Some lengths are possible as dialled on the spot alone: with the country code before them they are no number. */
function isInternational(number: string): boolean {
  const again = E164.test(number) ? parsePhoneNumberFromString(number) : undefined;
  return again?.number === number && again.isPossible();
}

/** The country of an E.164 number as ISO 3166-1 alpha-2; null where the number alone does not tell (+1 800 …). */
export function countryOf(phone: string): string | null {
  return parsePhoneNumberFromString(phone)?.country ?? null;
}

/** Whether a text is digits without a country code: what it means depends on where it was dialled. */
export function isDialled(text: string): boolean {
  return TYPED.test(plain(text)) && !plain(text).startsWith('+');
}

/**
 * How E.164 numbers can begin whose first digits somebody typed, internationally (`+49 151`, `49151`) or as dialled in
 * `defaultCountry` (`0151`). Empty for what is no number. None is the beginning of another.
 */
export function phonePrefixes(text: string, defaultCountry: string): string[] {
  const typed = plain(text);
  const digits = typed.replace(/\D/g, '');
  if (!TYPED.test(typed) || digits === '') return [];
  if (typed.startsWith('+')) return [`+${digits}`];
  const { defaultCountry: country } = known(defaultCountry);
  const formatter = new AsYouType(country);
  formatter.input(digits);
  const dialled = formatter.getNumberValue() ?? '+';
  const international = digits.startsWith('0') ? '+' : `+${digits}`;
  const prefixes = [dialled, international].filter((prefix) => prefix !== '+');
  // Of two that overlap the shorter says it all.
  return prefixes
    .filter((one) => !prefixes.some((other) => one !== other && one.startsWith(other)))
    .slice(0, dialled === international ? 1 : 2);
}

/** A number that somebody typed, or the beginning of one, as numbers are kept; any other text as it is. */
export function asKept(text: string, defaultCountry: string): string {
  const [prefix, ...others] = phonePrefixes(text, defaultCountry);
  if (prefix === undefined) return text;
  return others.length === 0 ? prefix : plain(text).replace(/\D/g, '');
}
