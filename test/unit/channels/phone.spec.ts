import { toE164 } from '../../../src/modules/channels/domain/phone';

describe('a business number', () => {
  test.each([
    ['+14155238886', '+14155238886'],
    [' +49 151 1234-5678 ', '+4915112345678'],
    ['+44 (0) 20 7946 0958', '+442079460958'],
  ])('%s is %s', (text, e164) => {
    expect(toE164(text)).toBe(e164);
  });

  test.each([
    '',
    '+',
    '4915112345678',
    '0151 12345678',
    '+1415',
    '+999123456789',
    'whatsapp:+14155238886',
    '+1 415 523 8886 ext 5',
    'call +14155238886',
    '+14155238886,+14155238887',
  ])('%s is none', (text) => {
    expect(toE164(text)).toBeUndefined();
  });
});
