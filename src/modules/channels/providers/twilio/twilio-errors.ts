import type { AccountCheck, Refusal, RefusalCode, RetryCode, SendOutcome } from '../../domain/provider';
import { TwilioRefusal, TwilioSilence } from './twilio-http';

/**
 * Twilio's error codes by what they mean to us; what stands not here is `provider_refused`, as is 21408 (the account may not
 * send to this region) and 21612 (not from this sender), which say nothing of the number: one that is invalid gets nothing
 * more. Each code has its page at
 * https://www.twilio.com/docs/api/errors/<code>.
 */
const REFUSED: ReadonlyMap<number, RefusalCode> = new Map([
  [20003, 'credentials_rejected'], // permission denied: wrong token, or a suspended account
  [20005, 'credentials_rejected'], // account not active
  [20008, 'credentials_rejected'], // test credentials
  [21211, 'invalid_number'], // "To" is no phone number
  [21214, 'invalid_number'], // "To" cannot be reached
  [21217, 'invalid_number'], // the number does not appear to be valid
  [21610, 'opted_out'], // the recipient has unsubscribed
  [21614, 'invalid_number'], // "To" is not a mobile number
  [21655, 'template_not_approved'], // the account has no such template
  [21656, 'template_variables_invalid'], // a value is empty, or holds line ends
  [21658, 'template_variables_invalid'], // a value is too long
  [63003, 'invalid_number'], // the channel cannot find "To"
  [63016, 'outside_window'], // free text outside the window in which it is allowed
  [63024, 'invalid_number'], // the recipient is not on WhatsApp
  [63027, 'template_not_approved'], // WhatsApp has no such template in this language
  [63028, 'template_variables_invalid'], // not the variables of the template
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
