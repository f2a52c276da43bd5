import type { WebhookRequest } from '../../domain/provider';
import { readStrictJson } from '../strict-json';

/** Twilio's longest fields hold 1,600 characters of text; a delivery has about 20 fields. */
const MAX_FIELDS = 200;

/** The fields of one of Twilio's deliveries: all are texts. */
export type TwilioFields = Readonly<Record<string, string>>;

/** The fields of a body, and in which of the two ways Twilio signs it. */
export interface ReadBody {
  readonly kind: 'form' | 'json';
  readonly fields: TwilioFields;
}

/** `unsupported`: another content type; `malformed`: the bytes are not what the content type says. */
export function readBody({ headers, rawBody }: WebhookRequest): ReadBody | 'unsupported' | 'malformed' {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded')
    return asBody('form', readForm(rawBody.toString('latin1')));
  if (type === 'application/json') return asBody('json', readJson(rawBody));
  return 'unsupported';
}

function asBody(kind: ReadBody['kind'], fields: TwilioFields | undefined): ReadBody | 'malformed' {
  if (!fields || !Object.values(fields).every(canBeStored)) return 'malformed';
  return { kind, fields };
}

/** PostgreSQL keeps neither NUL nor halves of surrogate pairs; Twilio sends none. */
export function canBeStored(value: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(value);
}

/**
 * Reads a form and changes nothing in it: where URLSearchParams would put a replacement character for what it cannot
 * decode, this gives up. A name that comes twice is refused, since the signature joins repeated ones in an order of its own.
 */
function readForm(text: string): TwilioFields | undefined {
  const fields = new Map<string, string>();
  const parts = text.split('&');
  if (parts.length > MAX_FIELDS) return undefined;
  try {
    for (const part of parts) {
      const mark = part.indexOf('=');
      const name = decode(mark < 0 ? part : part.slice(0, mark));
      if (fields.has(name)) return undefined;
      fields.set(name, mark < 0 ? '' : decode(part.slice(mark + 1)));
    }
  } catch {
    return undefined;
  }
  return Object.fromEntries(fields);
}

/** Throws for a byte that no form has unescaped, and for escapes that are not UTF-8. */
function decode(text: string): string {
  // Most names and many values hold nothing to decode.
  if (/^[\w.-]*$/.test(text)) return text;
  if (/[^\x21-\x7e]/.test(text)) throw new URIError('not a form');
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** One flat object of texts and numbers, which says one thing only. */
function readJson(body: Buffer): TwilioFields | undefined {
  const entries = Object.entries(readStrictJson(body) ?? {});
  const areFlat = entries.every(([, value]) => ['string', 'number'].includes(typeof value));
  if (entries.length === 0 || entries.length > MAX_FIELDS || !areFlat) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
