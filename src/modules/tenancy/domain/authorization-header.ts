/** Ours are short; tokens of identity providers that list groups take some thousands. What is longer is not worth a look. */
const LONGEST_TOKEN = 8192;

/**
 * The token of an `Authorization: Bearer …` header (RFC 6750; the scheme in any case). Undefined for every other
 * scheme, for more or less than one token, for characters that no token has, and for what is too long.
 */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined || header.length > LONGEST_TOKEN) return undefined;
  return /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1];
}
