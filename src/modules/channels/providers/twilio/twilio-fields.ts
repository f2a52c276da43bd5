import { JSON_OBJECT, pattern, SignedFields, TEXT, type FieldFormat } from '../../domain/signed-fields';
import {
  ACCOUNT_SID,
  API_VERSION,
  DIGITS,
  DIGITS_OR_NOTHING,
  MEDIA_FIELDS,
  MESSAGE_SID,
  OPT_OUT_TYPE,
  sid,
  WORD,
} from './twilio-formats';

const DECIMAL = pattern(/^-?\d{1,4}(?:\.\d{1,20})?$/, '-?\\d');
const FLAG = pattern(/^(?:true|false)$/, '(?:true|false)');
/** E.164, or WhatsApp's id of a person who shows no number: a country and letters or digits. */
const PARTY = pattern(/^whatsapp:(?:\+[1-9][0-9]{5,14}|[A-Z]{2}\.[A-Za-z0-9]{1,117})$/, 'whatsapp:');

/** Whatever is typed comes as one of these; who taps a button types nothing. */
const TYPED = ['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'order'];
const BUTTON: FieldFormat = { ...TEXT, unless: { field: 'MessageType', values: TYPED } };
const REFERRAL: FieldFormat = { ...TEXT, with: 'ReferralSourceUrl' };

/**
 * What Twilio posts for WhatsApp: https://www.twilio.com/docs/messaging/guides/webhook-request and
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status. It adds fields without notice, so others
 * are let through as well; only these are used. Whatever can follow a person's text must stand here, since there a name
 * that we do not know may be a part of the text and is refused.
 */
export const TWILIO_FORMATS: ReadonlyMap<string, FieldFormat> = new Map<string, FieldFormat>([
  ['AccountSid', ACCOUNT_SID],
  ['Address', { ...TEXT, with: 'ApiVersion' }],
  ['ApiVersion', API_VERSION],
  ['Body', TEXT],
  ['ButtonPayload', BUTTON],
  ['ButtonText', BUTTON],
  ['ButtonType', BUTTON],
  ['ChannelMetadata', JSON_OBJECT],
  ['ErrorCode', DIGITS_OR_NOTHING],
  ['Forwarded', FLAG],
  ['FrequentlyForwarded', FLAG],
  ['From', PARTY],
  ['Label', { ...TEXT, with: 'Latitude' }],
  ['Latitude', DECIMAL],
  ['ListDescription', TEXT],
  ['ListId', TEXT],
  ['ListTitle', TEXT],
  ['Longitude', DECIMAL],
  ['MessageSid', MESSAGE_SID],
  ['MessageStatus', WORD],
  ['MessageType', WORD],
  ['MessagingServiceSid', sid('MG')],
  ['NumMedia', DIGITS],
  ['NumSegments', DIGITS],
  ['OptOutType', OPT_OUT_TYPE],
  ['OriginalRepliedMessageSender', PARTY],
  ['OriginalRepliedMessageSid', MESSAGE_SID],
  ['ProfileName', TEXT],
  ['ReferralBody', REFERRAL],
  ['ReferralCtwaClid', REFERRAL],
  ['ReferralHeadline', REFERRAL],
  ['ReferralMediaContentType', REFERRAL],
  ['ReferralMediaId', REFERRAL],
  ['ReferralMediaUrl', REFERRAL],
  ['ReferralNumMedia', DIGITS],
  ['ReferralSourceId', REFERRAL],
  ['ReferralSourceType', REFERRAL],
  ['ReferralSourceUrl', TEXT],
  ['SmsMessageSid', MESSAGE_SID],
  ['SmsSid', MESSAGE_SID],
  ['SmsStatus', WORD],
  ['To', PARTY],
  ['WaId', DIGITS_OR_NOTHING],
  ...MEDIA_FIELDS,
]);

/** How Twilio's fields of WhatsApp are read. */
export const TWILIO_FIELDS = new SignedFields(TWILIO_FORMATS, ['AccountSid', 'From', 'MessageSid', 'To']);
