import { validateRequest, validateRequestWithBody } from 'twilio';
import { signature } from '../../tools/twilio-simulator';

/**
 * Twilio's own example, as its documentation and the tests of its SDKs have it: token, address, fields and the signatures
 * that must come of them. https://www.twilio.com/docs/usage/security#validating-requests
 */
const TOKEN = '12345';
const ADDRESS = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const FIELDS = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const OF_FORM = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';

const BODY = '{"property": "value", "boolean": true}';
const DIGEST = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
const ADDRESS_WITH_DIGEST = `${ADDRESS}&bodySHA256=${DIGEST}`;
const OF_BODY = 'a9nBmqA0ju/hNViExpshrM61xv4=';

describe('the signatures that Twilio publishes', () => {
  test('of a form: the simulator makes it, the validator in use takes it', () => {
    expect(signature(TOKEN, ADDRESS, FIELDS)).toBe(OF_FORM);
    expect(validateRequest(TOKEN, OF_FORM, ADDRESS, FIELDS)).toBe(true);
  });

  test('of a body by its SHA-256: the same', () => {
    expect(signature(TOKEN, ADDRESS_WITH_DIGEST, {})).toBe(OF_BODY);
    expect(validateRequestWithBody(TOKEN, OF_BODY, ADDRESS_WITH_DIGEST, BODY)).toBe(true);
  });

  test.each([
    ['another field', () => validateRequest(TOKEN, OF_FORM, ADDRESS, { ...FIELDS, Digits: '1235' })],
    ['another token', () => validateRequest('12346', OF_FORM, ADDRESS, FIELDS)],
    ['another address', () => validateRequest(TOKEN, OF_FORM, `${ADDRESS}&baz=3`, FIELDS)],
    ['another body', () => validateRequestWithBody(TOKEN, OF_BODY, ADDRESS_WITH_DIGEST, `${BODY} `)],
    ['the signature of the form', () => validateRequestWithBody(TOKEN, OF_FORM, ADDRESS_WITH_DIGEST, BODY)],
  ])('do not fit %s', (_what, isValid) => {
    expect(isValid()).toBe(false);
  });
});
