import type { AccountCheck, Refusal, RefusalCode, RetryCode, SendOutcome } from '../../domain/provider';
import { GraphRefusal, GraphSilence } from './graph-http';

/**
 * Meta's error codes by what they mean to us; what stands not here is `provider_refused`, which keeps Meta's number. An
 * `invalid_number` is not written to again until its person writes: what says less of a number (131021 oneself, 131030 not on a
 * test number's list) is none. What is wrong with the account (368, 131031, 131042, 133010 …) is best told by Meta's number.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 */
const REFUSED: ReadonlyMap<number, RefusalCode> = new Map([
  [0, 'credentials_rejected'], // AuthException: the token expired or was invalidated
  [3, 'credentials_rejected'], // API Method: the token lacks the permission
  [10, 'credentials_rejected'], // Permission denied
  [190, 'credentials_rejected'], // Access token has expired
  [130472, 'filtered'], // The person is part of an experiment, and gets no marketing
  [130497, 'route_not_allowed'], // The account may not write to people of this country
  [131005, 'credentials_rejected'], // Access denied
  [131026, 'invalid_number'], // Message undeliverable: not on WhatsApp, or has not accepted its terms
  [131047, 'outside_window'], // Re-engagement message: more than 24 hours since the person wrote
  [131049, 'filtered'], // Meta chose not to deliver marketing: the person gets enough of it
  [131050, 'opted_out_marketing'], // The person stopped marketing messages of this business
  [131062, 'route_not_allowed'], // A template of this category goes to numbers alone, not to the id of who shows none
  [132000, 'template_variables_invalid'], // Number of parameters does not match
  [132001, 'template_not_approved'], // Template does not exist in this language, or is not approved
  [132005, 'template_variables_invalid'], // Filled in, the text is too long
  [132007, 'template_not_approved'], // Its content violates a policy
  [132012, 'template_variables_invalid'], // Parameters are of another format
  [132015, 'template_not_approved'], // Template is paused
  [132016, 'template_not_approved'], // Template is disabled
  [132018, 'template_variables_invalid'], // Another trouble with the parameters
  [132068, 'template_not_approved'], // The flow in it is blocked
]);

/** 200 to 299: a permission is not granted, or was removed. */
const isPermission = (code: number): boolean => code >= 200 && code <= 299;

/** Calls are counted by app, user, account and number: https://developers.facebook.com/docs/graph-api/overview/rate-limiting */
const RATE_LIMITED: ReadonlySet<number> = new Set([
  4, // the app's calls
  17, // the user's calls
  32, // the page's calls
  341, // the app's limit, for a while
  613, // calls to this address
  80007, // the WhatsApp Business Account's calls
  80008, // the same, of managing it: templates, numbers
  130429, // messages a second of this number
  131048, // messages of this number, too many of which were blocked or reported
]);

/** Messages of this number to this person: one in six seconds. It says nothing of anybody else. */
const PAIR_LIMITED = 131056;

/** By their description nothing was sent, and something may be a while later. */
const AT_THE_MOMENT: ReadonlySet<number> = new Set([
  131000, // Message failed to send due to an unknown error
  131016, // A service is temporarily unavailable
  131057, // The account is in maintenance mode
  133004, // Server is temporarily unavailable
]);

/** "Possible server error" and "temporary due to downtime": they say nothing of the message. */
const TELLS_NOTHING: ReadonlySet<number> = new Set([1, 2]);

const TOO_MANY_REQUESTS = 429;
const UNAUTHORIZED = 401;
const REQUEST_TIMEOUT = 408;

function meaningOf(code: number): RefusalCode | undefined {
  return isPermission(code) ? 'credentials_rejected' : REFUSED.get(code);
}

/** What the code of a failed status means: of a message that Meta took, and that did not arrive. It is not tried again by itself. */
export function refusalOf(code: number): Refusal {
  const passes = RATE_LIMITED.has(code) || code === PAIR_LIMITED || AT_THE_MOMENT.has(code);
  return { code: passes ? 'try_later' : (meaningOf(code) ?? 'provider_refused'), providerCode: code };
}

/** Of several errors of one message that which decides: that the person wants no more before all, then what we know. */
export function decidingCode(codes: readonly number[]): number | undefined {
  const errors = codes.filter((code) => Number.isSafeInteger(code));
  return (
    errors.find((code) => meaningOf(code) === 'opted_out_marketing') ??
    errors.find((code) => refusalOf(code).code !== 'provider_refused') ??
    errors[0]
  );
}

function retry(code: RetryCode, afterSeconds: number | undefined): Extract<SendOutcome, { kind: 'retry' }> {
  return { kind: 'retry', code, ...(afterSeconds === undefined ? {} : { afterSeconds }) };
}

/**
 * What an error of sending means. A lost answer, and an error that does not say what became of the message, is `unknown`: Meta
 * has no idempotency key, so the message may be on its way.
 */
export function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof GraphSilence)
    return error.neverSent ? retry('provider_unavailable', undefined) : { kind: 'unknown' };
  if (!(error instanceof GraphRefusal)) return { kind: 'unknown' };
  const { status, code, retryAfterSeconds } = error;
  if (code === PAIR_LIMITED) return { ...retry('rate_limited', retryAfterSeconds), isOfRecipient: true };
  if (status === TOO_MANY_REQUESTS || (code !== undefined && RATE_LIMITED.has(code)))
    return retry('rate_limited', retryAfterSeconds);
  if (code !== undefined && AT_THE_MOMENT.has(code)) return retry('provider_unavailable', retryAfterSeconds);
  const meaning = code === undefined ? undefined : meaningOf(code);
  const tellsNothing = code === undefined ? status >= 500 : TELLS_NOTHING.has(code);
  if (meaning === undefined && (tellsNothing || status >= 500 || status === REQUEST_TIMEOUT))
    return { kind: 'unknown' };
  return {
    kind: 'refused',
    code: meaning ?? (status === UNAUTHORIZED ? 'credentials_rejected' : 'provider_refused'),
    ...(code === undefined ? {} : { providerCode: code }),
  };
}

/** What an error of reading from Meta means: either the credentials are wrong, or nothing is known now. */
export function accountCheckOf(error: unknown): Exclude<AccountCheck, { kind: 'accepted' | 'suspended' }> {
  const {
    status = 0,
    code,
    retryAfterSeconds,
  } = error instanceof GraphRefusal ? error : ({} as Partial<GraphRefusal>);
  const passes =
    code !== undefined && (RATE_LIMITED.has(code) || AT_THE_MOMENT.has(code) || TELLS_NOTHING.has(code));
  const isWrong = status >= 400 && status < 500 && status !== REQUEST_TIMEOUT && status !== TOO_MANY_REQUESTS;
  if (!passes && (isWrong || (code !== undefined && meaningOf(code) === 'credentials_rejected')))
    return { kind: 'rejected' };
  return {
    kind: 'unavailable',
    ...(retryAfterSeconds === undefined ? {} : { afterSeconds: retryAfterSeconds }),
  };
}
