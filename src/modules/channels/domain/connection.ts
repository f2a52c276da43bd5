import type { Uuid } from '../../../common/context';
import type { Channel, ProviderName, Routing } from './channel';

/** What other modules may know of a connection. */
export interface ConnectionSummary {
  readonly id: Uuid;
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** E.164. */
  readonly address: string;
  readonly friendlyName: string;
  readonly isActive: boolean;
  /** The account at the provider. */
  readonly accountId: string;
}

/** A connection as members see it: everything but its credentials. */
export interface Connection extends ConnectionSummary {
  readonly routing: Routing;
  /** At most so many messages in a second. */
  readonly sendsPerSecond: number;
  readonly lastVerifiedAt: Date | null;
  /** One more with every change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Path of the webhooks, below the public address; with a connection's id it names that connection. */
export const WEBHOOK_PATH = '/api/v1/channels/whatsapp/webhook';

/** Where a provider posts what concerns one connection. */
export function webhookUrl(publicUrl: string, connectionId: Uuid): string {
  return `${publicUrl}${WEBHOOK_PATH}/${connectionId}`;
}

/** The same for all connections: there the number in the delivery tells which one is meant. */
export function sharedWebhookUrl(publicUrl: string): string {
  return `${publicUrl}${WEBHOOK_PATH}`;
}

/** Where the course of one message is reported: the address carries its id, so that a lost answer loses nothing. */
export function statusCallbackUrl(publicUrl: string, connectionId: Uuid, messageId: Uuid): string {
  return `${webhookUrl(publicUrl, connectionId)}?message=${messageId}`;
}
