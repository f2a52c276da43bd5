import { isWhatsApp, waId } from './addresses';
import { SimulatorInputError } from './errors';
import { newSid } from './ids';
import type { MessageDraft, PhoneNumber } from './model';
import { smsSegments } from './segments';

export type OptOutType = 'STOP' | 'START' | 'HELP';

/** What a customer writes. */
export interface InboundInput {
  /** The customer: `whatsapp:+E164`, `whatsapp:<user id>` or `+E164`. */
  from: string;
  /** The simulated number written to; it must have a webhookUrl. */
  to: string;
  /** Default empty, as for media without a caption. */
  body?: string;
  profileName?: string;
  media?: { url: string; contentType: string }[];
  /** Sent as it is; without it, a number whose `optOutHandling` is `advanced` finds it from the body. */
  optOutType?: OptOutType;
  buttonText?: string;
  buttonPayload?: string;
  /** Default: found from media, button and params. */
  messageType?: string;
  /** Default: a new one. Giving a used one delivers that message again. */
  messageSid?: string;
  /** Default: a new one for each delivery. */
  idempotencyToken?: string;
  /** Further form fields, or other values for the usual ones. */
  params?: Record<string, string>;
}

/** An inbound message, complete: the form Twilio posts and what is recorded of it. */
export interface InboundPost {
  messageSid: string;
  /** What Twilio does on its own, whether or not it tells. */
  optOutType: OptOutType | undefined;
  params: Record<string, string>;
}

const STOP_WORDS = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'];
const START_WORDS = ['START', 'YES', 'UNSTOP'];
const HELP_WORDS = ['HELP', 'INFO'];
// Twilio posts these with every SMS, empty where it doesn't know.
const SMS_PLACES = ['City', 'State', 'Zip', 'Country'].flatMap((p) => [`To${p}`, `From${p}`]);

/**
 * The form that Twilio posts for this message.
 * @throws SimulatorInputError when `from` is empty or has another channel than the number
 */
export function inboundPost(input: InboundInput, number: PhoneNumber): InboundPost {
  if (input.from === '') throw new SimulatorInputError('from must not be empty');
  if (isWhatsApp(input.from) !== isWhatsApp(number.address)) {
    throw new SimulatorInputError('from and to must be of the same channel');
  }
  const messageSid = input.messageSid ?? newSid(input.media?.length ? 'MM' : 'SM');
  const { optOutHandling } = number;
  const optOutType = input.optOutType ?? (optOutHandling === 'none' ? undefined : optOutOf(input.body));
  const params: Record<string, string> = {
    ...commonParams(input, number, messageSid),
    ...(isWhatsApp(input.from) ? whatsAppParams(input) : smsParams()),
    ...mediaParams(input.media ?? []),
  };
  if (number.messagingServiceSid) params.MessagingServiceSid = number.messagingServiceSid;
  if (optOutType && (input.optOutType || optOutHandling === 'advanced')) params.OptOutType = optOutType;
  if (input.buttonText !== undefined) params.ButtonText = input.buttonText;
  if (input.buttonPayload !== undefined) params.ButtonPayload = input.buttonPayload;
  return { messageSid, optOutType, params: { ...params, ...input.params } };
}

/** The record that Twilio's API lists for an inbound message. */
export function inboundRecord(post: InboundPost, input: InboundInput, number: PhoneNumber): MessageDraft {
  const now = new Date();
  return {
    sid: post.messageSid,
    accountSid: number.accountSid,
    direction: 'inbound',
    from: input.from,
    to: number.address,
    body: input.body ?? '',
    mediaUrls: (input.media ?? []).map(({ url }) => url),
    contentSid: null,
    contentVariables: null,
    messagingServiceSid: number.messagingServiceSid,
    statusCallback: null,
    status: 'received',
    errorCode: null,
    errorMessage: null,
    numSegments: Number(post.params.NumSegments),
    createdAt: now,
    updatedAt: now,
    sentAt: now,
  };
}

function commonParams(input: InboundInput, number: PhoneNumber, sid: string): Record<string, string> {
  const body = input.body ?? '';
  return {
    SmsMessageSid: sid,
    NumMedia: String(input.media?.length ?? 0),
    SmsSid: sid,
    SmsStatus: 'received',
    Body: body,
    To: number.address,
    NumSegments: isWhatsApp(input.from) ? '1' : String(smsSegments(body)),
    MessageSid: sid,
    AccountSid: number.accountSid,
    From: input.from,
    ApiVersion: '2010-04-01',
  };
}

function whatsAppParams(input: InboundInput): Record<string, string> {
  const id = waId(input.from);
  const context = { ProfileName: input.profileName ?? 'Customer', ...(id ? { WaId: id } : {}) };
  return {
    ...context,
    MessageType: input.messageType ?? messageType(input),
    ReferralNumMedia: '0',
    ChannelMetadata: JSON.stringify({ type: 'whatsapp', data: { context } }),
  };
}

function smsParams(): Record<string, string> {
  return Object.fromEntries(SMS_PLACES.map((name) => [name, '']));
}

function mediaParams(media: readonly { url: string; contentType: string }[]): Record<string, string> {
  const entries = media.flatMap(({ url, contentType }, i) => [
    [`MediaUrl${i}`, url],
    [`MediaContentType${i}`, contentType],
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function messageType(input: InboundInput): string {
  if (input.buttonText !== undefined || input.buttonPayload !== undefined) return 'button';
  if (input.params?.Latitude !== undefined) return 'location';
  const family = input.media?.[0]?.contentType.split('/')[0];
  if (family === undefined) return 'text';
  return ['image', 'video', 'audio'].includes(family) ? family : 'document';
}

function optOutOf(body = ''): OptOutType | undefined {
  const word = body.trim().toUpperCase();
  if (STOP_WORDS.includes(word)) return 'STOP';
  if (START_WORDS.includes(word)) return 'START';
  return HELP_WORDS.includes(word) ? 'HELP' : undefined;
}
