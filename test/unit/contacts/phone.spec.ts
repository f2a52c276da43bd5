import fc from 'fast-check';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { phonePrefixes, toE164 } from '../../../src/modules/contacts/domain/phone';

describe('a number in international form', () => {
  test.each([
    ['+14155238886', '+14155238886'],
    [' +49 151 1234-5678 ', '+4915112345678'],
    ['+44 (0) 20 7946 0958', '+442079460958'],
    ['＋４９ １５１ １２３４５６７８', '+4915112345678'],
    ['+49\u00a0151\u00a01234\u20115678', '+4915112345678'],
  ])('%s is %s', (text, e164) => {
    expect(toE164(text)).toBe(e164);
    expect(toE164(text, 'US')).toBe(e164);
  });

  test.each([
    '',
    '+',
    '+1415',
    '+999123456789',
    'whatsapp:+14155238886',
    '+1 415 523 8886 ext 5',
    'call +14155238886',
    '+14155238886,+14155238887',
  ])('%s is none, whatever the country', (text) => {
    expect(toE164(text)).toBeUndefined();
    expect(toE164(text, 'US')).toBeUndefined();
  });
});

describe('a number as it is dialled in a country', () => {
  test.each([
    ['0151 12345678', 'DE', '+4915112345678'],
    ['0049 151 12345678', 'DE', '+4915112345678'],
    ['(415) 523-8886', 'US', '+14155238886'],
    ['011 49 151 12345678', 'US', '+4915112345678'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['030/1234567', 'DE', '+49301234567'],
  ])('%s in %s is %s', (text, country, e164) => {
    expect(toE164(text, country)).toBe(e164);
  });

  test.each(['0151 12345678', '4915112345678', '(415) 523-8886'])(
    '%s is none where no country is known',
    (text) => {
      expect(toE164(text)).toBeUndefined();
      expect(toE164(text, 'ZZ')).toBeUndefined();
    },
  );
});

/** A mobile number of any country, with whatever people write between its digits. */
const numbers = fc.constantFrom(...getCountries()).map((country) => getExampleNumber(country, examples)!);
const formatted = fc.tuple(
  numbers,
  fc.constantFrom('international', 'national', 'E.164', 'digits' as const),
  fc.array(fc.constantFrom('', '', ' ', '-', '.', '/', '\u00a0', ' - '), { minLength: 20, maxLength: 20 }),
);

test('any formatting of a number gives the same E.164', () => {
  fc.assert(
    fc.property(formatted, ([number, form, between]) => {
      const written = {
        international: number.formatInternational(),
        national: number.formatNational(),
        'E.164': number.number,
        digits: number.number.replace(/(\d)/g, (digit, _, at: number) => `${digit}${between[at] ?? ''}`),
      }[form];
      const read = toE164(written, number.country);
      expect(read).toBe(number.number);
      expect(toE164(read!)).toBe(read);
    }),
    { numRuns: 1_000 },
  );
});

test('what is read is E.164 and is read again as itself, whatever was written', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('+', '0', '1', '4', '5', '9', ' ', '(', ')', '-', '/') }),
    fc.string(),
    fc.stringMatching(/^\+?[\d ]{5,18}$/),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...getCountries()), (written, country) => {
      const read = toE164(written, country);
      if (read === undefined) return;
      expect(read).toMatch(/^\+[1-9]\d{5,14}$/);
      expect(toE164(read, country)).toBe(read);
    }),
    { numRuns: 1_000 },
  );
});

describe('the first digits of a number', () => {
  test.each([
    ['+49 151', 'DE', ['+49151']],
    ['0151 123', 'DE', ['+49151123']],
    ['0049151', 'DE', ['+49151']],
    ['49151', 'DE', ['+4949151', '+49151']],
    ['415523', 'US', ['+1415523', '+415523']],
    ['1415', 'US', ['+1415']],
    ['5', 'DE', ['+495', '+5']],
    ['4', 'DE', ['+4']],
    ['Dana', 'DE', []],
    ['', 'DE', []],
    ['+', 'DE', []],
    ['15', 'ZZ', ['+15']],
  ])('%s in %s begins %s', (typed, country, prefixes) => {
    expect(phonePrefixes(typed, country)).toEqual(prefixes);
  });

  test('however many are typed, the number is among what begins so', () => {
    fc.assert(
      fc.property(numbers, fc.nat(), (number, cut) => {
        const digits = number.number.slice(0, 2 + (cut % (number.number.length - 1)));
        for (const typed of [digits, digits.slice(1)])
          expect(phonePrefixes(typed, 'DE').some((prefix) => number.number.startsWith(prefix))).toBe(true);
        const national = parsePhoneNumberFromString(number.number)!.formatNational();
        expect(
          phonePrefixes(national, number.country!).some((prefix) => number.number.startsWith(prefix)),
        ).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
