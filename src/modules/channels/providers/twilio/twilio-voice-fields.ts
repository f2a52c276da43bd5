import { JSON_OBJECT, pattern, SignedFields, TEXT, type FieldFormat } from '../../domain/signed-fields';

const SID = (prefix: string): FieldFormat =>
  pattern(new RegExp(`^${prefix}[0-9a-f]{32}$`), `${prefix}[0-9a-f]`);
const WORD = pattern(/^[A-Za-z_-]{1,40}$/, '[A-Za-z_-]');
const NUMBER = pattern(/^-?\d{0,12}$/, '-?\\d|[A-Za-z]|$');
const FLAG = pattern(/^(?:true|false)$/, '(?:true|false)');
const URL = pattern(/^https?:\/\/\S{1,2000}$/, 'https?://');
/** RFC 2822, as `Timestamp` and `RecordingStartTime` are. */
const TIME = pattern(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/, '[A-Z][a-z]{2}, ');
/** A number, a short code, a word for one that is withheld, a client's or a SIP address, or nothing. */
const PARTY = pattern(
  /^(?:\+?[0-9]{1,20}|[A-Za-z]{1,20}|(?:client|sips?|whatsapp):\S{1,250})?$/,
  '[+0-9]|[A-Za-z]|$',
);
const KEYS = pattern(/^[0-9*#]{0,32}$/, '[0-9*#]|[A-Z]|$');

const places = ['Called', 'Caller', 'From', 'To'].flatMap((party) =>
  ['City', 'Country', 'State', 'Zip'].map((part): [string, FieldFormat] => [`${party}${part}`, TEXT]),
);

/**
 * What Twilio posts of calls: https://www.twilio.com/docs/voice/twiml#request-parameters, to `action` of `<Dial>`, `<Record>` and
 * `<Gather>`, and to status and recording callbacks. Whatever can follow a text must stand here (domain/signed-fields.ts).
 */
const VOICE_FORMATS: ReadonlyMap<string, FieldFormat> = new Map<string, FieldFormat>([
  ...places,
  ['AccountSid', SID('AC')],
  ['AddOns', JSON_OBJECT],
  ['AnsweredBy', WORD],
  ['ApiVersion', pattern(/^\d{4}-\d\d-\d\d$/, '\\d')],
  ['ApplicationSid', SID('AP')],
  ['CallbackSource', WORD],
  ['CallDuration', NUMBER],
  ['Called', PARTY],
  ['Caller', PARTY],
  ['CallerName', TEXT],
  ['CalledVia', PARTY],
  ['CallSid', SID('CA')],
  ['CallStatus', WORD],
  ['CallToken', JSON_OBJECT],
  ['DialBridged', FLAG],
  ['DialCallDuration', NUMBER],
  ['DialCallSid', SID('CA')],
  ['DialCallStatus', WORD],
  ['Digits', KEYS],
  ['Direction', WORD],
  ['Duration', NUMBER],
  ['ErrorCode', NUMBER],
  ['ErrorMessage', TEXT],
  ['ErrorUrl', URL],
  ['FinishedOnKey', pattern(/^[0-9*#]?$/, '[0-9*#]|[A-Z]|$')],
  ['ForwardedFrom', PARTY],
  ['From', PARTY],
  ['MachineDetectionDuration', NUMBER],
  ['ParentCallSid', SID('CA')],
  ['PriceUnit', WORD],
  ['QueueTime', NUMBER],
  ['RecordingChannels', NUMBER],
  ['RecordingDuration', NUMBER],
  ['RecordingSid', SID('RE')],
  ['RecordingSource', WORD],
  ['RecordingStartTime', TIME],
  ['RecordingStatus', WORD],
  ['RecordingTrack', WORD],
  ['RecordingUrl', URL],
  ['SequenceNumber', NUMBER],
  ['SipResponseCode', NUMBER],
  ['StirPassportToken', TEXT],
  ['StirStatus', TEXT],
  ['StirVerstat', TEXT],
  ['Timestamp', TIME],
  ['To', PARTY],
  ['msg', WORD],
]);

/** How Twilio's fields of calls are read. */
export const VOICE_FIELDS = new SignedFields(VOICE_FORMATS, ['AccountSid', 'CallSid']);
