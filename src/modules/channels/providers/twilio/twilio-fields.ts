import type { WebhookPayload, WebhookRequest } from '../../domain/provider';

/** Texts of people, of any content: where a field could be made to end too early without breaking a format. */
const FREE_TEXT = [
  'Address',
  'Body',
  'ButtonPayload',
  'ButtonText',
  'ChannelMetadata',
  'Label',
  'ProfileName',
];
/** Optional fields that can follow a free text in the order in which the signature joins them. */
const AFTER_FREE_TEXT = [
  'ButtonPayload',
  'ButtonText',
  'ChannelMetadata',
  'Forwarded',
  'FrequentlyForwarded',
];
const KNOWN: ReadonlySet<string> = new Set([...FREE_TEXT, ...AFTER_FREE_TEXT]);

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Formats of the fields that decide what is done; the ones that are there must match. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  AccountSid: /^AC[0-9a-f]{32}$/,
  ApiVersion: /^\d{4}-\d\d-\d\d$/,
  ErrorCode: /^\d{0,6}$/,
  From: /^(whatsapp:[A-Za-z0-9+._-]{1,128}|\+?[0-9]{3,15})$/,
  MessageSid: /^[SM]M[0-9a-f]{32}$/,
  MessageStatus: /^[a-z_-]{1,40}$/,
  MessagingServiceSid: /^(MG[0-9a-f]{32})?$/,
  NumMedia: /^\d{1,3}$/,
  NumSegments: /^\d{1,4}$/,
  OptOutType: /^(STOP|START|HELP)$/,
  SmsMessageSid: /^[SM]M[0-9a-f]{32}$/,
  SmsSid: /^[SM]M[0-9a-f]{32}$/,
  SmsStatus: /^[a-z_-]{1,40}$/,
  To: /^(whatsapp:[A-Za-z0-9+._-]{1,128}|\+?[0-9]{3,15})$/,
  WaId: /^[A-Za-z0-9+._-]{0,128}$/,
};

/** The fields of a request; undefined when it cannot be read, null when its content type is not one of Twilio's. */
export function readFields({ headers, rawBody }: WebhookRequest): WebhookPayload | undefined | null {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return readForm(rawBody.toString());
  if (type === 'application/json') return readJson(rawBody.toString());
  return null;
}

/** Each name once: Twilio repeats none, and the signature joins repeated ones in an order of its own. */
function readForm(text: string): WebhookPayload | undefined {
  const fields = [...new URLSearchParams(text)];
  const payload = Object.fromEntries(fields);
  return Object.keys(payload).length === fields.length ? payload : undefined;
}

function readJson(text: string): WebhookPayload | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
    const simple = Object.entries(body).filter(([, value]) => ['string', 'number'].includes(typeof value));
    return Object.fromEntries(simple.map(([name, value]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}

/**
 * Twilio signs names and values joined without a mark between them, so text can be moved from a value into a name and the
 * signature still fits. True when every known field has its format and no name looks like one that text was moved into.
 */
export function fieldsAreWhole(payload: WebhookPayload): boolean {
  return Object.entries(payload).every(
    ([name, value]) => NAME.test(name) && (FORMATS[name]?.test(value) ?? true) && !isGrown(name),
  );
}

function isGrown(name: string): boolean {
  if (KNOWN.has(name)) return false;
  return (
    FREE_TEXT.some((known) => name.startsWith(known)) || AFTER_FREE_TEXT.some((known) => name.endsWith(known))
  );
}
