import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** What a person writes around the digits of a number in international form. */
const WRITTEN = /^\+[\d\s().-]{6,30}$/;

/**
 * The number in E.164 (https://www.itu.int/rec/T-REC-E.164), or undefined when it is none. Spaces and punctuation are
 * taken out; a number without `+` is not guessed at.
 */
export function toE164(text: string): string | undefined {
  const trimmed = text.trim();
  if (!WRITTEN.test(trimmed)) return undefined;
  const number = parsePhoneNumberFromString(trimmed, { extract: false });
  return number?.isPossible() ? number.number : undefined;
}

/** The country of an E.164 number as ISO 3166-1 alpha-2; null where the number alone does not tell (+1 800 …). */
export function countryOf(phone: string): string | null {
  return parsePhoneNumberFromString(phone)?.country ?? null;
}
