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
