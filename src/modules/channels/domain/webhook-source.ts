import type { Channel, ProviderName } from './channel';
import type { WebhookEventType } from './provider';
import { WEBHOOK_ENDPOINTS } from './webhook-endpoint';

/** How a log names where a delivery came from: `twilio_whatsapp`. */
export function webhookSource(provider: ProviderName, channel: Channel): string {
  return `${provider}_${channel}`;
}

/** All that there are. */
export const WEBHOOK_SOURCES: readonly string[] = Object.values(WEBHOOK_ENDPOINTS).map(
  ({ provider, channel }) => webhookSource(provider, channel),
);

/** Undoes {@link webhookSource}. */
export function providerOfSource(source: string): ProviderName {
  return source.slice(0, source.lastIndexOf('_')) as ProviderName;
}

const TYPES = {
  message: 'message_inbound',
  status: 'message_status',
  call: 'call_inbound',
  call_status: 'call_status',
  recording: 'recording_status',
  template: 'template_status',
  preference: 'user_preference',
  notice: 'provider_notice',
} as const satisfies Record<WebhookEventType, string>;

/** How a log names what a delivery is. */
export type WebhookType = (typeof TYPES)[WebhookEventType];
export const WEBHOOK_TYPES: readonly WebhookType[] = Object.values(TYPES);

/** What is told of calls. */
export const CALL_TYPES: readonly string[] = [TYPES.call, TYPES.call_status, TYPES.recording];

export function webhookType<Type extends WebhookEventType>(type: Type): (typeof TYPES)[Type] {
  return TYPES[type];
}
