import {
  isProviderStatus,
  type InboundMessage,
  type LoggedEvent,
  type StatusReport,
  type WebhookEvent,
} from '../../domain/provider';
import type { Channel } from '../../domain/channel';
import { parseTwilioAddress, parseTwilioSender } from './twilio-addresses';
import { refusalOf } from './twilio-errors';
import type { TwilioFields } from './twilio-form';
import { defaultOptOutType } from './twilio-opt-out';

/**
 * The event that well-formed fields tell of. A status report names a status of the message, a customer's message does
 * not. Undefined when the business side is no phone number or the media are not as many as announced.
 */
export function twilioEvent(channel: Channel, payload: TwilioFields): WebhookEvent | undefined {
  const { MessageSid: sid = '', AccountSid: accountId = '', MessageStatus: status, From, To } = payload;
  const isStatus = status !== undefined;
  const address = parseTwilioSender(channel, isStatus ? From : To) ?? null;
  // What a Messaging Service sends by a name, or before it chose a number, is known by the service.
  const numberId = channel === 'sms' ? (payload['MessagingServiceSid'] ?? null) : null;
  if ((address === null && numberId === null) || !hasAnnouncedMedia(payload)) return undefined;
  return {
    type: isStatus ? 'status' : 'message',
    eventId: isStatus ? `status:${sid}:${status}` : `message:${sid}`,
    externalId: sid,
    ...{ address, numberId, accountId, payload },
  };
}

/** `NumMedia` says how many there are; each has its address. */
function hasAnnouncedMedia(payload: TwilioFields): boolean {
  const addresses = Object.keys(payload).filter((name) => /^MediaUrl\d+$/.test(name));
  return (
    addresses.length === Number(payload['NumMedia'] ?? 0) &&
    addresses.every((_, i) => payload[`MediaUrl${i}`] !== undefined)
  );
}

/** The customer's message of a logged event. */
export function twilioInboundMessage({ payload: logged, receivedAt }: LoggedEvent): InboundMessage {
  const payload = logged as TwilioFields;
  const from = parseTwilioAddress(payload['From']);
  const channel = payload['To']?.startsWith('whatsapp:') ? 'whatsapp' : 'sms';
  const to = parseTwilioSender(channel, payload['To']);
  if (!from || to === undefined) throw new Error('not an inbound message');
  const phone = 'phone' in from ? from.phone : null;
  const whatsappId = 'whatsappId' in from ? from.whatsappId : null;
  return {
    providerMessageId: payload['MessageSid'] ?? '',
    from: { phone, whatsappId, address: 'phone' in from ? from.phone : from.whatsappId },
    to,
    profileName: nameOf(payload['ProfileName']),
    body: payload['Body'] ?? '',
    media: mediaOf(payload),
    optOutType: optOutTypeOf(payload, channel),
    raw: payload,
    receivedAt,
  };
}

/** A name of blanks is none. */
function nameOf(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : text.trim();
}

function mediaOf(payload: TwilioFields): InboundMessage['media'] {
  const count = Math.min(Number(payload['NumMedia'] ?? 0) || 0, 100);
  return Array.from({ length: count }, (_, i) => ({
    url: payload[`MediaUrl${i}`] ?? '',
    contentType: payload[`MediaContentType${i}`] ?? 'application/octet-stream',
  })).filter(({ url }) => url !== '');
}

/** On WhatsApp Twilio acts on words where it says so; by SMS, on the standard ones without a word about it. */
function optOutTypeOf(
  { OptOutType: type, Body: body = '' }: TwilioFields,
  channel: Channel,
): InboundMessage['optOutType'] {
  if (type === 'STOP' || type === 'START' || type === 'HELP') return type;
  return channel === 'sms' ? defaultOptOutType(body) : null;
}

/** The status report of a logged event. A status that we do not know counts as the first one: it moves nothing. */
export function twilioStatusReport({ payload: logged, url, receivedAt }: LoggedEvent): StatusReport {
  const payload = logged as TwilioFields;
  const status = payload['MessageStatus'];
  const error = Number(payload['ErrorCode']);
  return {
    providerMessageId: payload['MessageSid'] ?? '',
    status: isProviderStatus(status) ? status : 'queued',
    refusal: error ? refusalOf(error) : null,
    messageId: new URL(url, 'http://callback').searchParams.get('message'),
    occurredAt: receivedAt,
  };
}
