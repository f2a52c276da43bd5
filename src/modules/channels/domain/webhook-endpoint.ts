import type { Uuid } from '../../../common/context';
import type { Channel, ProviderName } from './channel';

/** Where one provider posts what concerns one channel. */
export interface WebhookEndpoint {
  /** The part of the path that tells it from the others: `/api/v1/channels/<segment>/webhook`. */
  readonly segment: string;
  readonly provider: ProviderName;
  readonly channel: Channel;
}

/** All of them. What a connection is reached at follows from its provider and channel. */
export const WEBHOOK_ENDPOINTS = {
  whatsapp: { segment: 'whatsapp', provider: 'twilio', channel: 'whatsapp' },
  sms: { segment: 'sms', provider: 'twilio', channel: 'sms' },
  voice: { segment: 'voice', provider: 'twilio', channel: 'voice' },
  whatsappCloud: { segment: 'whatsapp-cloud', provider: 'whatsapp_cloud', channel: 'whatsapp' },
} as const satisfies Record<string, WebhookEndpoint>;

/** What a connection is reached by. */
export type Reached = Pick<WebhookEndpoint, 'provider' | 'channel'>;

/** True where the provider asks for a token before it posts to an address. */
export function shakesHands({ provider }: Reached): boolean {
  return provider === 'whatsapp_cloud';
}

/** Path of an endpoint, below the public address. */
export function webhookPath({ segment }: WebhookEndpoint): string {
  return `/api/v1/channels/${segment}/webhook`;
}

/** Where a provider posts what concerns one connection. */
export function webhookUrl(publicUrl: string, connection: Reached, connectionId: Uuid): string {
  return `${sharedWebhookUrl(publicUrl, connection)}/${connectionId}`;
}

/** The same for all connections of a provider and channel: there the number in the delivery tells which one is meant. */
export function sharedWebhookUrl(publicUrl: string, connection: Reached): string {
  return publicUrl + webhookPath(endpointOf(connection));
}

/** Where the course of one message is reported: the address carries its id, so that a lost answer loses nothing. */
export function statusCallbackUrl(
  publicUrl: string,
  connection: Reached,
  connectionId: Uuid,
  messageId: Uuid,
): string {
  return `${webhookUrl(publicUrl, connection, connectionId)}?message=${messageId}`;
}

function endpointOf({ provider, channel }: Reached): WebhookEndpoint {
  const endpoint = Object.values(WEBHOOK_ENDPOINTS).find(
    (known) => known.provider === provider && known.channel === channel,
  );
  if (!endpoint) throw new Error('no connection is of this provider and channel');
  return endpoint;
}
