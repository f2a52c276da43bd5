import { sha256 } from '../../../common/crypto';
import type { WebhookPayload } from '../domain/provider';

/** Headers that are worth keeping; others can hold what is nobody's business. */
const KEPT_HEADERS = ['content-type', 'user-agent', 'i-twilio-idempotency-token', 'x-request-id'];
const HEADER_LENGTH = 256;

const REFUSED_FIELDS = 40;
const REFUSED_NAME = 64;
const REFUSED_VALUE = 256;

/** The headers that are logged. */
export function keptHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value.slice(0, HEADER_LENGTH);
  }
  return kept;
}

/** The provider's signature, as it was sent; null without one. */
export function signatureOf(headers: Readonly<Record<string, string | undefined>>): string | null {
  return headers['x-twilio-signature'] ?? headers['x-hub-signature-256'] ?? null;
}

/** What is logged of fields that nobody vouches for: bounded, so that the log cannot be used as a store. */
export function boundedPayload(payload: WebhookPayload): Record<string, string> {
  const fields = Object.entries(payload).slice(0, REFUSED_FIELDS);
  return Object.fromEntries(
    fields.map(([name, value]) => [cut(name, REFUSED_NAME), cut(asText(value), REFUSED_VALUE)]),
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** By code point: half of a surrogate pair cannot be stored. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : Array.from(text).slice(0, length).join('');
}

/** SHA-256 of the fields in the order of their names. */
export function payloadHash(payload: WebhookPayload): string {
  const names = Object.keys(payload).sort();
  return sha256(JSON.stringify(names.map((name) => [name, payload[name]])));
}
