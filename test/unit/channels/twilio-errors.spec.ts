import {
  accountCheckOf,
  outcomeOf,
  refusalOf,
} from '../../../src/modules/channels/providers/twilio/twilio-errors';
import {
  neverSent,
  TwilioRefusal,
  TwilioSilence,
} from '../../../src/modules/channels/providers/twilio/twilio-http';

const refusal = (status: number, code?: number, retryAfter?: number) =>
  new TwilioRefusal(status, code, retryAfter);

test.each([
  [21610, 'opted_out'],
  [63016, 'outside_window'],
  [21211, 'invalid_number'],
  [63041, 'template_not_approved'],
  [30008, 'provider_refused'],
])('error %i of a report means %s', (providerCode, code) => {
  expect(refusalOf(providerCode)).toEqual({ code, providerCode });
});

describe('what an error of sending means', () => {
  test.each([
    [20003, 'credentials_rejected'],
    [20005, 'credentials_rejected'],
    [21211, 'invalid_number'],
    [21408, 'provider_refused'],
    [21610, 'opted_out'],
    [21614, 'invalid_number'],
    [63003, 'invalid_number'],
    [63016, 'outside_window'],
    [63024, 'invalid_number'],
    [21655, 'template_not_approved'],
    [63027, 'template_not_approved'],
    [63040, 'template_not_approved'],
    [63041, 'template_not_approved'],
    [63042, 'template_not_approved'],
    [21656, 'template_variables_invalid'],
    [21658, 'template_variables_invalid'],
    [63028, 'template_variables_invalid'],
    [21617, 'provider_refused'],
    [63007, 'provider_refused'],
  ])('code %i is refused as %s', (providerCode, code) => {
    expect(outcomeOf(refusal(400, providerCode))).toEqual({ kind: 'refused', code, providerCode });
  });

  test.each([14107, 20429, 21611, 63018, 63038])('code %i is a rate limit, whatever its status', (code) => {
    expect(outcomeOf(refusal(400, code))).toEqual({ kind: 'retry', code: 'rate_limited' });
  });

  test('429 without a code is a rate limit, and says when to come back', () => {
    expect(outcomeOf(refusal(429, undefined, 7))).toEqual({
      kind: 'retry',
      code: 'rate_limited',
      afterSeconds: 7,
    });
  });

  test('401 without a code means the credentials', () => {
    expect(outcomeOf(refusal(401))).toEqual({ kind: 'refused', code: 'credentials_rejected' });
  });

  test('any other refusal without a code is one', () => {
    expect(outcomeOf(refusal(404))).toEqual({ kind: 'refused', code: 'provider_refused' });
  });

  test.each([408, 500, 502, 503, 504])('%i may have been accepted', (status) => {
    expect(outcomeOf(refusal(status, 20500))).toEqual({ kind: 'unknown' });
  });

  test('no answer may have been accepted, unless the request never left', () => {
    expect(outcomeOf(new TwilioSilence(false))).toEqual({ kind: 'unknown' });
    expect(outcomeOf(new TwilioSilence(true))).toEqual({ kind: 'retry', code: 'provider_unavailable' });
  });

  test('what nobody expected may have been accepted', () => {
    expect(outcomeOf(new SyntaxError('not JSON'))).toEqual({ kind: 'unknown' });
  });
});

describe('what an error of reading means', () => {
  test.each([400, 401, 403, 404])('%i: the credentials are wrong', (status) => {
    expect(accountCheckOf(refusal(status, 20003))).toEqual({ kind: 'rejected' });
  });

  test.each([refusal(408), refusal(500), refusal(503, 20503), new TwilioSilence(true), new Error('other')])(
    'nothing is known (%#)',
    (error) => {
      expect(accountCheckOf(error)).toEqual({ kind: 'unavailable' });
    },
  );

  test('a rate limit tells nothing about the credentials', () => {
    expect(accountCheckOf(refusal(429, 20429, 3))).toEqual({ kind: 'unavailable', afterSeconds: 3 });
  });
});

describe('whether a request can have arrived', () => {
  test.each([
    { code: 'ECONNREFUSED' },
    { code: 'ENOTFOUND' },
    { code: 'EAI_AGAIN' },
    { code: 'CERT_HAS_EXPIRED' },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    { code: 'EHOSTUNREACH', syscall: 'connect' },
    { code: 'ETIMEDOUT', cause: { syscall: 'connect' } },
  ])('no: %o', (error) => {
    expect(neverSent(error)).toBe(true);
  });

  test.each([
    { code: 'ECONNRESET' },
    { code: 'EPIPE', syscall: 'write' },
    { code: 'ETIMEDOUT' },
    { code: 'ECONNABORTED' },
    { code: 'ERR_CANCELED' },
    { code: 'EPROTO', cause: { syscall: 'write' } },
    {},
  ])('perhaps: %o', (error) => {
    expect(neverSent(error)).toBe(false);
  });
});
