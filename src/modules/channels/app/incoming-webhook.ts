import type { Uuid } from '../../../common/context';
import type { WebhookRequest } from '../domain/provider';

/** A request to the webhook route, as it came. */
export interface IncomingWebhook {
  readonly request: WebhookRequest;
  /** From the path, where it names a connection. */
  readonly connectionId: Uuid | null;
  readonly method: string;
  readonly ip: string;
  readonly requestId: Uuid;
  readonly receivedAt: Date;
}
