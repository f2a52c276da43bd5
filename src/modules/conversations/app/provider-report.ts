import type { ProviderStatus, Refusal, RefusalCode } from '../../channels';
import type { OutgoingStatus, Report } from '../domain/message-progress';

/** The person told the provider that they want no more messages. */
export const OPTED_OUT: RefusalCode = 'opted_out';

/** Nobody can be reached at the address, whoever tries. */
export const INVALID_NUMBER: RefusalCode = 'invalid_number';

/** What a provider says about one message: in a callback, in the answer to a send, or in its list. */
export interface ProviderReport {
  readonly providerMessageId: string;
  readonly status: ProviderStatus;
  readonly refusal: Refusal | null;
}

const STATUS_OF: Readonly<Record<ProviderStatus, OutgoingStatus>> = {
  queued: 'sending',
  accepted: 'sending',
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'canceled',
};

/** The same in our words. */
export function reportOf({ providerMessageId, status, refusal }: ProviderReport): Report {
  return { providerMessageId, status: STATUS_OF[status], errorCode: refusal && errorCodeOf(refusal) };
}

/** The error code of a refusal; where we have no word for it, the provider's number tells more than that it refused. */
export function errorCodeOf({ code, providerCode }: Refusal): string {
  return code === 'provider_refused' && providerCode !== undefined ? `provider_${providerCode}` : code;
}
