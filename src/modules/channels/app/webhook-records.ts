import { newId, type Uuid } from '../../../common/context';
import type { AcceptedWebhook } from '../db/webhook-intake.repository';
import { webhookSource, webhookType } from '../domain/webhook-source';
import type { IncomingWebhook } from './incoming-webhook';
import { keptHeaders, payloadHash, signatureOf } from './webhook-payloads';
import type { TrustedEvent } from './webhook-verification';

/** An event that was taken in. */
export interface TakenInEvent extends TrustedEvent {
  /** False of a duplicate. */
  readonly isNew: boolean;
}

/** How the log names where a request came from. */
export function sourceOf({ endpoint: { provider, channel } }: IncomingWebhook): string {
  return webhookSource(provider, channel);
}

/**
 * Who takes an event in. A message to a shared number may be for each of those who use it, and so may a status that does not name
 * one; whatever else comes is its owner's.
 */
function receiverOf({ event: { type }, connection }: TrustedEvent): {
  readonly orgId: Uuid;
  readonly id: Uuid;
  readonly isRouted: boolean;
} {
  const { orgId, id, shared } = connection;
  if (shared === null || (type === 'status' && id !== shared.id)) return { orgId, id, isRouted: false };
  return { ...shared, isRouted: type === 'message' || type === 'status' };
}

/** Trusted events as they are taken in: a millisecond apart, so that those of one request stay in its order. */
export function recordsOf(webhook: IncomingWebhook, trusted: readonly TrustedEvent[]): AcceptedWebhook[] {
  const first = webhook.receivedAt.getTime();
  return trusted.map((event, i) => ({ ...recordOf(webhook, event), receivedAt: new Date(first + i) }));
}

/** What became of an event, for the metrics. */
export function outcomeOf({ verdict, isNew }: TakenInEvent): string {
  if (!isNew) return 'duplicate';
  return verdict === null ? 'accepted' : 'observed';
}

function recordOf(webhook: IncomingWebhook, trusted: TrustedEvent): AcceptedWebhook {
  const { request } = webhook;
  const { event, verdict } = trusted;
  const receiver = receiverOf(trusted);
  return {
    logId: newId(),
    orgId: receiver.orgId,
    connectionId: receiver.id,
    isRouted: receiver.isRouted,
    source: sourceOf(webhook),
    type: webhookType(event.type),
    externalId: event.externalId,
    url: request.url,
    method: webhook.method,
    headers: keptHeaders(request.headers),
    payload: event.payload,
    signature: signatureOf(request.headers),
    ip: webhook.ip,
    receivedAt: webhook.receivedAt,
    eventRowId: newId(),
    // Nobody vouches for the id of one that is not verified: the true event must not be taken for its duplicate.
    eventId: verdict ? `unverified:${event.eventId}` : event.eventId,
    eventType: event.type,
    payloadHash: payloadHash(event.payload),
    requestId: webhook.requestId,
    verdict,
  };
}
