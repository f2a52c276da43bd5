import type { Config } from '../../../common/config';
import { asUuid, type Uuid } from '../../../common/context';
import { storableAddress, type RawRequest } from '../../../common/http';
import type { Clock } from '../../../common/time/clock';
import type { IncomingWebhook } from '../app/incoming-webhook';
import type { WebhookEndpoint } from '../domain/webhook-endpoint';

/** A request to a webhook route, as the use case takes it. */
export function incomingWebhook(
  endpoint: WebhookEndpoint,
  request: RawRequest,
  connectionId: Uuid | null,
  { config, clock }: { readonly config: Config; readonly clock: Clock },
): IncomingWebhook {
  return {
    endpoint,
    request: {
      // Never the Host header: whoever sends chooses it.
      url: config.http.publicUrl + request.originalUrl,
      headers: request.headers as Record<string, string | undefined>,
      rawBody: request.rawBody ?? Buffer.alloc(0),
    },
    connectionId,
    method: request.method,
    ip: storableAddress(request.ip) ?? null,
    requestId: asUuid(request.id),
    receivedAt: clock.now(),
  };
}
