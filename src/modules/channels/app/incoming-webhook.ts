import type { Uuid } from '../../../common/context';
import type { WebhookRequest } from '../domain/provider';
import type { WebhookEndpoint } from '../domain/webhook-endpoint';

/** A request to the webhook route, as it came. */
export interface IncomingWebhook {
  readonly endpoint: WebhookEndpoint;
  readonly request: WebhookRequest;
  /** From the path, where it names a connection. */
  readonly connectionId: Uuid | null;
  readonly method: string;
  /** Null where a proxy passed on something that is no address. */
  readonly ip: string | null;
  readonly requestId: Uuid;
  readonly receivedAt: Date;
}
