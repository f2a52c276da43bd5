import { newId } from '../../../common/context';
import type { AcceptedWebhook } from '../db/webhook-intake.repository';
import { webhookSource, webhookType } from '../domain/webhook-source';
import type { IncomingWebhook } from './incoming-webhook';
import { keptHeaders, payloadHash, signatureOf } from './webhook-payloads';
import type { TrustedEvent } from './webhook-verification';

/** How the log names where a request came from. */
export function sourceOf({ endpoint: { provider, channel } }: IncomingWebhook): string {
  return webhookSource(provider, channel);
}

/** A trusted event as it is taken in. */
export function recordOf(
  webhook: IncomingWebhook,
  { event, connection, verdict }: TrustedEvent,
): AcceptedWebhook {
  const { request } = webhook;
  return {
    logId: newId(),
    orgId: connection.orgId,
    connectionId: connection.id,
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
