import type { AccountCheck, Refusal, RefusalCode, RetryCode, SendOutcome } from '../../domain/provider';
import { TwilioRefusal, TwilioSilence } from './twilio-http';

/**
 * Twilio's error codes by what they mean to us; what stands not here is `provider_refused`. Each code has its page at
 * https://www.twilio.com/docs/api/errors/<code>.
 *
 * `invalid_number` is said of the number alone, since one that is invalid gets nothing more: not of a pair of numbers that do
 * not go together (21612), nor of a region (21408, 21215), and not of a phone that is switched off.
 */
const REFUSED: ReadonlyMap<number, RefusalCode> = new Map([
  [20003, 'credentials_rejected'], // permission denied: wrong token, or a suspended account
  [20005, 'credentials_rejected'], // account not active
  [20008, 'credentials_rejected'], // test credentials
  [13223, 'invalid_number'], // a call to a number of a wrong format
  [13224, 'invalid_number'], // a call to a number that does not exist
  [13225, 'route_not_allowed'], // a call to a number that the account may not call
  [13227, 'route_not_allowed'], // the account may not call this region
  [21201, 'invalid_number'], // no "To" to call
  [21210, 'connection_inactive'], // "From" is neither the account's nor verified
  [21215, 'route_not_allowed'], // the account may not call this region
  [21216, 'route_not_allowed'], // the account may not call this number
  [21211, 'invalid_number'], // "To" is no phone number
  [21214, 'invalid_number'], // "To" cannot be reached
  [21217, 'invalid_number'], // the number does not appear to be valid
  [21408, 'route_not_allowed'], // the account may not send to this region
  [21606, 'route_not_allowed'], // "From" cannot send messages, or not there
  [21610, 'opted_out'], // the recipient has unsubscribed
  [21612, 'route_not_allowed'], // "To" cannot be reached from "From"; from another sender it may be
  [21614, 'invalid_number'], // "To" is not a mobile number
  [21617, 'text_too_long'], // more than 1,600 characters
  [21635, 'invalid_number'], // "To" is a landline
  [21655, 'template_not_approved'], // the account has no such template
  [21656, 'template_variables_invalid'], // a value is empty, or holds line ends
  [21658, 'template_variables_invalid'], // a value is too long
  [21659, 'route_not_allowed'], // "From" is not the account's, or a short code of another country
  [21660, 'route_not_allowed'], // "From" is another account's
  [21703, 'route_not_allowed'], // the Messaging Service has no number for this
  [21711, 'route_not_allowed'], // "From" is not in the Messaging Service
  [30001, 'try_later'], // the sender's queue was full
  [30002, 'credentials_rejected'], // the account was suspended after the message was queued
  [30003, 'try_later'], // the phone is off, or out of reach
  [30004, 'filtered'], // blocked on the way to this recipient
  [30005, 'invalid_number'], // the number is unknown, or not in use any more
  [30006, 'invalid_number'], // a landline, or a carrier that takes no messages
  [30007, 'filtered'], // a carrier, or Twilio for it, took it for unwanted
  [30019, 'text_too_long'], // more than the carrier takes
  [30022, 'try_later'], // US A2P 10DLC: more than the carriers let the campaign send
  [30024, 'route_not_allowed'], // the sender is not provisioned with the carrier
  [30034, 'route_not_allowed'], // US A2P 10DLC: the sender belongs to no registered campaign
  [30410, 'try_later'], // the carrier did not answer Twilio, which does not try again
  [63003, 'invalid_number'], // the channel cannot find "To"
  [63013, 'filtered'], // against the rules of the channel
  [63016, 'outside_window'], // free text outside the window in which it is allowed
  [63018, 'try_later'], // the channel's limit, told after the message was taken
  [63024, 'invalid_number'], // the recipient is not on WhatsApp
  [63027, 'template_not_approved'], // WhatsApp has no such template in this language
  [63028, 'template_variables_invalid'], // not the variables of the template
  [63038, 'try_later'], // the account's daily limit, told after the message was taken
  [63040, 'template_not_approved'], // WhatsApp rejected the template
  [63041, 'template_not_approved'], // WhatsApp paused it
  [63042, 'template_not_approved'], // WhatsApp disabled it
]);

const RATE_LIMITED: ReadonlySet<number> = new Set([
  14107, // too many messages a second from this number
  20429, // too many requests
  21611, // this number's queue is full
  63018, // the channel's limit
  63038, // the account's daily limit
]);

const TOO_MANY_REQUESTS = 429;
const UNAUTHORIZED = 401;
const REQUEST_TIMEOUT = 408;

/** What the error number of a report means: of a message that Twilio took, and that did not arrive. */
export function refusalOf(code: number): Refusal {
  return { code: REFUSED.get(code) ?? 'provider_refused', providerCode: code };
}

/** Nothing was sent and trying again makes sense. */
function retry(code: RetryCode, afterSeconds: number | undefined): SendOutcome {
  return { kind: 'retry', code, ...(afterSeconds === undefined ? {} : { afterSeconds }) };
}

/**
 * What an error of creating a message means. A server error or a lost answer is `unknown`, since Twilio has no
 * idempotency key: the message may be on its way.
 */
export function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof TwilioSilence)
    return error.neverSent ? retry('provider_unavailable', undefined) : { kind: 'unknown' };
  if (!(error instanceof TwilioRefusal)) return { kind: 'unknown' };
  const { status, code, retryAfterSeconds } = error;
  if (status === TOO_MANY_REQUESTS || (code !== undefined && RATE_LIMITED.has(code)))
    return retry('rate_limited', retryAfterSeconds);
  if (status >= 500 || status === REQUEST_TIMEOUT) return { kind: 'unknown' };
  const meaning = code === undefined ? undefined : REFUSED.get(code);
  return {
    kind: 'refused',
    code: meaning ?? (status === UNAUTHORIZED ? 'credentials_rejected' : 'provider_refused'),
    ...(code === undefined ? {} : { providerCode: code }),
  };
}

/** What an error of reading from Twilio means: either the credentials are wrong, or nothing is known now. */
export function accountCheckOf(error: unknown): Exclude<AccountCheck, { kind: 'accepted' | 'suspended' }> {
  const refusal = error instanceof TwilioRefusal ? error : undefined;
  const { status = 0, code, retryAfterSeconds } = refusal ?? {};
  const limited = status === TOO_MANY_REQUESTS || (code !== undefined && RATE_LIMITED.has(code));
  if (status >= 400 && status < 500 && status !== REQUEST_TIMEOUT && !limited) return { kind: 'rejected' };
  return {
    kind: 'unavailable',
    ...(retryAfterSeconds === undefined ? {} : { afterSeconds: retryAfterSeconds }),
  };
}
