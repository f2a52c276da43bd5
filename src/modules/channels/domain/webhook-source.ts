import type { Channel, ProviderName } from './channel';

/** How a log names where a delivery came from: `twilio_whatsapp`. */
export function webhookSource(provider: ProviderName, channel: Channel): string {
  return `${provider}_${channel}`;
}

/** Undoes {@link webhookSource}. */
export function providerOfSource(source: string): ProviderName {
  return source.slice(0, source.lastIndexOf('_')) as ProviderName;
}

/** How a log names what a delivery is. */
export function webhookType(type: 'message' | 'status'): 'message_inbound' | 'message_status' {
  return type === 'message' ? 'message_inbound' : 'message_status';
}
