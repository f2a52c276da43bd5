import type { LoggedEvent, ProviderStatus, StatusReport } from '../../domain/provider';
import { happenedAt } from './cloud-inbound';
import { refusalOf } from './graph-errors';
import { textOf } from './graph-api';

/** Meta's words, in the providers' common ones. `played`: a voice message was listened to. */
const STATUS_OF: ReadonlyMap<unknown, ProviderStatus> = new Map<unknown, ProviderStatus>([
  ['accepted', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
]);

/**
 * The report of a logged event. It bears our message's id where we sent it along, so that a lost answer loses nothing. A status
 * that we do not know counts as the first one: it moves nothing.
 */
export function cloudStatusReport({ payload, receivedAt }: LoggedEvent): StatusReport {
  const code = payload['error_code'];
  return {
    providerMessageId: textOf(payload['id']) ?? '',
    status: STATUS_OF.get(payload['status']) ?? 'queued',
    refusal: typeof code === 'number' ? refusalOf(code) : null,
    messageId: textOf(payload['biz_opaque_callback_data']) ?? null,
    occurredAt: happenedAt(payload, receivedAt),
  };
}
