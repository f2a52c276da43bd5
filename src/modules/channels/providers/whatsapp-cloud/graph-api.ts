/** The version of the Graph API that this program was written for; Meta keeps each for two years at least. */
export const GRAPH_VERSION = 'v23.0';

/** Where that version is, at Meta or at a stand-in. */
export function graphUrl(apiBaseUrl: string): string {
  return `${apiBaseUrl}/${GRAPH_VERSION}`;
}

/** An object of an answer or a webhook; empty where there is none, so that what is missing can be asked for. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A list of objects; empty where there is none. */
export function objectsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A text; undefined where there is none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
