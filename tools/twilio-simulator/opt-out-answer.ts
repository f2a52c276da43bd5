import { newSid } from './ids';
import type { OptOutType } from './inbound';
import type { MessageDraft, PhoneNumber } from './model';
import { smsSegments } from './segments';

/** Twilio's own texts. https://help.twilio.com/articles/223134027 */
const TEXTS: Readonly<Record<OptOutType, string>> = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
};

/** What Twilio answers by itself to a word that it acts on. */
export function optOutAnswer(word: OptOutType, customer: string, number: PhoneNumber): MessageDraft {
  const now = new Date();
  const body = TEXTS[word];
  return {
    ...{ sid: newSid('SM'), accountSid: number.accountSid, direction: 'outbound-reply' },
    ...{ from: number.address, to: customer, body, mediaUrls: [], contentSid: null, contentVariables: null },
    ...{ messagingServiceSid: number.messagingServiceSid, statusCallback: null, status: 'delivered' },
    ...{ errorCode: null, errorMessage: null, numSegments: smsSegments(body) },
    ...{ createdAt: now, updatedAt: now, sentAt: now },
  };
}
