import { ApiKeyEnded, ExpiryAfterMaker, KeyBeyondCaller } from './api-key-errors';
import { ExpiryInPast } from './errors';

/** The two parts of an API key: the prefix is public and finds the row, the secret proves it. */
export interface ApiKeyParts {
  readonly prefix: string;
  readonly secret: string;
}

/** 12 lower-case letters and digits; then 32 random bytes in base64url. */
const FORMAT = /^fd_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/;

/** Takes an API key apart; undefined when the text is none. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const [, prefix, secret] = FORMAT.exec(text) ?? [];
  return prefix === undefined || secret === undefined ? undefined : { prefix, secret };
}

/** The text that the caller keeps and sends as a bearer token. */
export function formatApiKey({ prefix, secret }: ApiKeyParts): string {
  return `fd_${prefix}_${secret}`;
}

/** How long a replaced secret may go on working, in minutes: up to a week. */
export const OVERLAP_MINUTES = { min: 0, max: 10_080, usual: 60 } as const;

/**
 * When a new key ends: as wished, and with the key that makes it at the latest. `makersEnd` is null where a person makes it
 * or the making key never ends. Throws {@link ExpiryInPast} and {@link ExpiryAfterMaker}.
 */
export function endOfNewKey(wanted: Date | null, makersEnd: Date | null, now: Date): Date | null {
  if (wanted && wanted <= now) throw new ExpiryInPast();
  if (wanted && makersEnd && wanted > makersEnd) throw new ExpiryAfterMaker();
  return wanted ?? makersEnd;
}

/** A key that is to get a new secret. */
export interface ReplaceableKey {
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/**
 * Whether a caller may see a new secret of this key: one that works, and that neither reaches further nor lasts longer than
 * the caller. Throws {@link ApiKeyEnded} and {@link KeyBeyondCaller}.
 */
export function checkReplaceable(
  key: ReplaceableKey,
  caller: { readonly held: ReadonlySet<string>; readonly end: Date | null },
  now: Date,
): void {
  if (key.revokedAt || (key.expiresAt && key.expiresAt <= now)) throw new ApiKeyEnded();
  const lasts = caller.end !== null && (key.expiresAt === null || key.expiresAt > caller.end);
  if (lasts || key.scopes.some((scope) => !caller.held.has(scope))) throw new KeyBeyondCaller();
}
