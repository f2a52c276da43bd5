import type { Channel } from './channel';
import type { Provider, ProviderAccount, ProviderStatus, WebhookEvent } from './provider';

/** Which messages of a number to list. */
export interface DeliveryQuery {
  readonly channel: Channel;
  /** The connection's address, E.164. */
  readonly address: string;
  /** The provider's own id of the number, where it has one. */
  readonly numberId: string | null;
  /** What customers wrote to it, or what was sent from it. */
  readonly direction: 'inbound' | 'outbound';
  /** Messages before this are left out. */
  readonly since: Date;
  /** Where the list goes on: `next` of the page before. */
  readonly page: string | null;
}

/** A message as the provider has it, or the beginning or end of a call. */
export interface ListedMessage {
  readonly providerMessageId: string;
  /** How far it has come; null of what customers wrote. */
  readonly status: ProviderStatus | null;
  /** When it came in or went out. */
  readonly at: Date;
  /** The id of the event that tells of it: of the message, or of its status. */
  readonly eventId: string;
  /**
   * Of the end of a call that came in: the event that told of its beginning. Where that one was taken in, the end is missing only
   * while the call is still under way here: not every number is set up to tell it.
   */
  readonly beginningId?: string;
  /** That event, as the provider would have delivered it; null of what no delivery could tell. May ask the provider for more. */
  event(): Promise<WebhookEvent | null>;
}

/** Part of a list. */
export interface DeliveryPage {
  readonly messages: readonly ListedMessage[];
  /** Null of the last page. */
  readonly next: string | null;
}

/**
 * Part of the port, for providers that keep a list of messages: tells what should have been delivered.
 * Throws `CredentialsRejected` and `ProviderUnavailable`.
 */
export interface DeliveryList {
  page(account: ProviderAccount, query: DeliveryQuery): Promise<DeliveryPage>;
}

/** A provider that keeps one. */
export interface ListingProvider extends Provider {
  readonly deliveries: DeliveryList;
}

/** What a provider has of messages; undefined where it keeps no list. */
export function deliveriesOf(provider: Provider): DeliveryList | undefined {
  return 'deliveries' in provider ? (provider as ListingProvider).deliveries : undefined;
}
