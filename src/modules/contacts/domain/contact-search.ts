import { phonePrefixes } from './phone';

/** What somebody typed to find a person: the beginning of a number, of an address, or of a name or an address. */
export type ContactSearch =
  | { readonly kind: 'phone'; readonly prefixes: readonly string[] }
  | { readonly kind: 'email'; readonly prefix: string }
  | { readonly kind: 'name'; readonly prefix: string };

/** How a search text is to be understood. Digits are a phone number, a text with an @ is an address, all else a name. */
export function contactSearch(text: string, defaultCountry: string): ContactSearch {
  const typed = text.trim();
  const prefixes = phonePrefixes(typed, defaultCountry);
  if (prefixes.length > 0) return { kind: 'phone', prefixes };
  return typed.includes('@')
    ? { kind: 'email', prefix: typed.toLowerCase() }
    : { kind: 'name', prefix: typed };
}
