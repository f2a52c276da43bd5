import type { Config } from '../../../common/config';
import { asUuid } from '../../../common/context';
import { idIn, storableAddress, type RawRequest } from '../../../common/http';
import type { Clock } from '../../../common/time/clock';
import type { IncomingWebhook } from '../app/incoming-webhook';
import type { WebhookEndpoint } from '../domain/webhook-endpoint';

/** Where a webhook route names the connection that it is for. */
export const CONNECTION_IN_PATH = 'connectionId';

/** A request to a webhook route, as the use case takes it. */
export function incomingWebhook(
  endpoint: WebhookEndpoint,
  request: RawRequest,
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
    connectionId: idIn(request, CONNECTION_IN_PATH),
    method: request.method,
    ip: storableAddress(request.ip) ?? null,
    requestId: asUuid(request.id),
    receivedAt: clock.now(),
  };
}
