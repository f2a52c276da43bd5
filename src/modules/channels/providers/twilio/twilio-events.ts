import {
  isProviderStatus,
  type InboundMessage,
  type LoggedEvent,
  type StatusReport,
  type WebhookEvent,
  type WebhookPayload,
  type WebhookReading,
  type WebhookRequest,
} from '../../domain/provider';
import { parseTwilioAddress } from './twilio-addresses';
import { readFields } from './twilio-fields';

/** Reads Twilio's messaging webhooks. https://www.twilio.com/docs/messaging/guides/webhook-request */
export function readTwilioEvents(request: WebhookRequest): WebhookReading {
  const payload = readFields(request);
  if (payload === null) return { kind: 'unsupported' };
  const event = payload && eventOf(payload);
  return event ? { kind: 'events', events: [event] } : { kind: 'malformed' };
}

/** A status report names a status of the message; a message from a customer does not. */
function eventOf(payload: WebhookPayload): WebhookEvent | undefined {
  const { MessageSid: sid, AccountSid: accountId, MessageStatus: status, From, To } = payload;
  const isStatus = status !== undefined;
  const ours = parseTwilioAddress(isStatus ? From : To);
  const theirs = parseTwilioAddress(isStatus ? To : From);
  if (!sid || !accountId || !ours || !('phone' in ours) || !theirs) return undefined;
  return {
    type: isStatus ? 'status' : 'message',
    eventId: isStatus ? `${sid}:${status}` : sid,
    externalId: sid,
    address: ours.phone,
    accountId,
    payload,
  };
}

/** The customer's message of a logged event. */
export function twilioInboundMessage({ payload, receivedAt }: LoggedEvent): InboundMessage {
  const from = parseTwilioAddress(payload['From']);
  const to = parseTwilioAddress(payload['To']);
  if (!from || !to || !('phone' in to)) throw new Error('not an inbound message');
  const phone = 'phone' in from ? from.phone : null;
  const whatsappId = 'whatsappId' in from ? from.whatsappId : null;
  return {
    providerMessageId: payload['MessageSid'] ?? '',
    from: { phone, whatsappId, address: 'phone' in from ? from.phone : from.whatsappId },
    to: to.phone,
    profileName: nameOf(payload['ProfileName']),
    body: payload['Body'] ?? '',
    media: mediaOf(payload),
    optOutType: optOutTypeOf(payload['OptOutType']),
    raw: payload,
    receivedAt,
  };
}

/** A name of blanks is none. */
function nameOf(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}

function mediaOf(payload: WebhookPayload): InboundMessage['media'] {
  const count = Math.min(Number(payload['NumMedia'] ?? 0) || 0, 100);
  return Array.from({ length: count }, (_, i) => ({
    url: payload[`MediaUrl${i}`] ?? '',
    contentType: payload[`MediaContentType${i}`] ?? 'application/octet-stream',
  })).filter(({ url }) => url !== '');
}

function optOutTypeOf(text: string | undefined): InboundMessage['optOutType'] {
  return text === 'STOP' || text === 'START' || text === 'HELP' ? text : null;
}

/** The status report of a logged event. A status that we do not know counts as the first one: it moves nothing. */
export function twilioStatusReport({ payload, url, receivedAt }: LoggedEvent): StatusReport {
  const status = payload['MessageStatus'];
  return {
    providerMessageId: payload['MessageSid'] ?? '',
    status: isProviderStatus(status) ? status : 'queued',
    errorCode: Number(payload['ErrorCode']) || null,
    messageId: new URL(url, 'http://callback').searchParams.get('message'),
    occurredAt: receivedAt,
  };
}
