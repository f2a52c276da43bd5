import type { CallReport } from './call-report';
import type { CallScript } from './call-script';
import type { ListedMessage } from './delivery-list';
import type { LoggedEvent, Provider, ProviderAccount } from './provider';

/** What the provider says of a call: what it would have delivered of its end, or that there is nothing to tell. */
export type AskedCall = ListedMessage | 'under_way' | 'unknown';

/** What a provider that carries calls can do besides; `Provider.send` makes one of a message on voice. */
export interface CallCarrier {
  /** What a logged event of type `call`, `call_status` or `recording` tells. */
  report(event: LoggedEvent): CallReport;
  /** A script as the answer to a webhook of a call. */
  answer(script: CallScript): string;
  /** How a call ended. Calls the network. Throws `CredentialsRejected` and `ProviderUnavailable`. */
  end(account: ProviderAccount, callId: string): Promise<AskedCall>;
  /** Deletes a recording at the provider; true when it is gone. Calls the network, and does not throw. */
  deleteRecording(account: ProviderAccount, recordingId: string): Promise<boolean>;
}

/** A provider that carries calls. */
export interface CallingProvider extends Provider {
  readonly calls: CallCarrier;
}

/** What a provider can do for calls. Throws where it carries none: a voice connection of it cannot have been made. */
export function callsOf(provider: Provider): CallCarrier {
  if (!('calls' in provider)) throw new Error('this provider carries no calls');
  return (provider as CallingProvider).calls;
}
