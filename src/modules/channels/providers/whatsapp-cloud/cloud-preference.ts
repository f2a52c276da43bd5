import type { LoggedEvent } from '../../domain/provider';
import type { MarketingPreference } from '../../domain/provider-news';
import { happenedAt, knownAs } from './cloud-inbound';
import { textOf } from './graph-api';

/**
 * What a person chose under "Offers and announcements" of this business. Of a category that we do not know nothing is concluded.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences
 */
export function cloudPreference({ payload, receivedAt }: LoggedEvent): MarketingPreference {
  const { category, value } = payload;
  const isKnown = category === 'marketing_messages' && (value === 'stop' || value === 'resume');
  return {
    preferenceId: textOf(payload['id']) ?? '',
    from: knownAs(textOf(payload['wa_id']), textOf(payload['user_id'])),
    wish: isKnown ? value : null,
    saidAt: happenedAt(payload, receivedAt),
  };
}
