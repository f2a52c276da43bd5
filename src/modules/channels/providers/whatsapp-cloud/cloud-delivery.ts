import type {
  ProviderAccount,
  WebhookDelivery,
  WebhookEvent,
  WebhookReading,
  WebhookRequest,
} from '../../domain/provider';
import { cloudEvents } from './cloud-events';
import { isSignedByMeta } from './cloud-signature';
import { objectsOf } from './graph-api';
import { readStrictJson, storable } from '../strict-json';

/** Meta puts so many updates into one request at most. https://developers.facebook.com/docs/graph-api/webhooks/getting-started */
const MOST_EVENTS = 1_000;
/** Each costs a look-up before anything is believed. */
const MOST_NUMBERS = 50;

/**
 * Reads one of Meta's webhooks; nothing is believed yet. One request tells of several numbers, which may be connections of
 * several organizations: each event is judged by itself.
 */
export function readCloudDelivery(request: WebhookRequest): WebhookReading {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') return { kind: 'unsupported' };
  const body = readStrictJson(request.rawBody);
  if (body?.['object'] !== 'whatsapp_business_account' || !Array.isArray(body['entry']))
    return { kind: 'malformed' };
  const events = objectsOf(storable(body['entry'])).map(cloudEvents);
  if (!events.every((read) => read !== undefined)) return { kind: 'malformed' };
  return deliveryOf(request, events.flat());
}

function deliveryOf(request: WebhookRequest, events: readonly WebhookEvent[]): WebhookReading {
  const [first, ...rest] = events;
  if (!first) return { kind: 'ignored' };
  const numbers = new Set(events.map(({ accountId, numberId }) => `${accountId}|${numberId ?? ''}`));
  if (events.length > MOST_EVENTS || numbers.size > MOST_NUMBERS) return { kind: 'malformed' };
  const delivery: WebhookDelivery = {
    events: [first, ...rest],
    isSignedWith: signedWith(request),
    // The signature is over the bytes, and the bytes can be read in one way alone.
    isUnambiguous: () => true,
  };
  return { kind: 'delivery', delivery };
}

/** One app speaks for all numbers of a request: what its secret came to is not computed for each of them again. */
function signedWith({ headers, rawBody }: WebhookRequest): (account: ProviderAccount) => boolean {
  const known = new Map<string, boolean>();
  return ({ secrets }) => {
    const secret = secrets['appSecret'] ?? '';
    const isSigned = known.get(secret) ?? isSignedByMeta(headers['x-hub-signature-256'], rawBody, secret);
    known.set(secret, isSigned);
    return isSigned;
  };
}
