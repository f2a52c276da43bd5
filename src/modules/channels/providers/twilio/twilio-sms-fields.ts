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
import type { TwilioFields } from './twilio-form';

/** E.164, or a short code: one that stands within a text ends there, or is none. */
const NUMBER = pattern(/^(?:\+[1-9][0-9]{5,14}|[0-9]{3,8})$/, '\\+[1-9]|\\d{3,8}(?:[A-Za-z]|$)');
/** What a message of ours came from: of a Messaging Service also a name. */
const SENDER = pattern(/^(?:\+?[0-9]{3,15}|[A-Za-z0-9 _&+-]{1,11})$/, '[A-Za-z0-9 _&+-]');

const COMMON: readonly [string, FieldFormat][] = [
  ['AccountSid', ACCOUNT_SID],
  ['ApiVersion', API_VERSION],
  ['MessageSid', MESSAGE_SID],
  ['MessagingServiceSid', sid('MG')],
  ['SmsSid', MESSAGE_SID],
  ['SmsStatus', WORD],
  ['To', NUMBER],
];

/**
 * What Twilio posts of a customer's SMS or MMS: https://www.twilio.com/docs/messaging/guides/webhook-request. The places of both
 * numbers (`FromCity` …) follow no person's text and are not used, so they are let through like whatever Twilio adds.
 */
export const SMS_MESSAGE_FORMATS: ReadonlyMap<string, FieldFormat> = new Map([
  ...COMMON,
  ['AddOns', JSON_OBJECT],
  ['Body', TEXT],
  ['From', NUMBER],
  ['NumMedia', DIGITS],
  ['NumSegments', DIGITS],
  ['OptOutType', OPT_OUT_TYPE],
  ['SmsMessageSid', MESSAGE_SID],
  ...MEDIA_FIELDS,
]);

/**
 * What Twilio posts of an SMS of ours: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status. No person's text
 * is in it. A Messaging Service that has not chosen a sender yet names none.
 */
export const SMS_STATUS_FORMATS: ReadonlyMap<string, FieldFormat> = new Map([
  ...COMMON,
  ['ErrorCode', DIGITS_OR_NOTHING],
  ['From', SENDER],
  ['MessageStatus', WORD],
]);

const MESSAGE = new SignedFields(SMS_MESSAGE_FORMATS, ['AccountSid', 'Body', 'From', 'MessageSid', 'To']);
const STATUS = new SignedFields(SMS_STATUS_FORMATS, ['AccountSid', 'MessageSid', 'MessageStatus', 'To']);

/** How Twilio's fields of SMS are read: what a status report holds never stands in a customer's message. */
export function smsFields(fields: TwilioFields): SignedFields {
  return fields['MessageStatus'] === undefined ? MESSAGE : STATUS;
}
