import fc from 'fast-check';
import { TWILIO_FIELDS, TWILIO_FORMATS } from '../../../src/modules/channels/providers/twilio/twilio-fields';
import {
  SMS_MESSAGE_FORMATS,
  SMS_STATUS_FORMATS,
  smsFields,
} from '../../../src/modules/channels/providers/twilio/twilio-sms-fields';

const SID = 'SM0123456789abcdef0123456789abcdef';
const message: Readonly<Record<string, string>> = {
  AccountSid: 'AC0123456789abcdef0123456789abcdef',
  ApiVersion: '2010-04-01',
  Body: 'STOP Cars are fine',
  ChannelMetadata: '{"type":"whatsapp","data":{"context":{"ProfileName":"Dana"}}}',
  From: 'whatsapp:+4915112345678',
  MessageSid: SID,
  MessageType: 'text',
  NumMedia: '0',
  NumSegments: '1',
  ProfileName: 'Dana',
  ReferralNumMedia: '0',
  SmsMessageSid: SID,
  SmsSid: SID,
  SmsStatus: 'received',
  To: 'whatsapp:+14155238886',
  WaId: '4915112345678',
};
type Fields = Record<string, string>;

/** What the signature is over, without the address. */
const joined = (fields: Fields): string =>
  Object.keys(fields)
    .sort()
    .map((name) => name + (fields[name] ?? ''))
    .join('');

/** The fields that are understood, of all that were read. */
const known = (fields: Readonly<Fields> | undefined): Fields | undefined =>
  fields && Object.fromEntries(Object.entries(fields).filter(([name]) => TWILIO_FORMATS.has(name)));
const read = (fields: Readonly<Fields>): Fields | undefined =>
  TWILIO_FIELDS.areWellFormed(fields) && TWILIO_FIELDS.areOneReading(fields) ? known(fields) : undefined;

describe('reading the fields of a delivery', () => {
  test('what Twilio posts is read as it is', () => {
    expect(read(message)).toEqual(message);
  });

  test('a new field of Twilio that follows no text is left out', () => {
    expect(read({ ...message, MessageColour: 'red', Abc: '1' })).toEqual(message);
  });

  test('a name that nobody knows after a text can be a part of that text: refused', () => {
    const cut = { ...message, Body: 'STOP ', Cars: ' are fine' };
    expect(joined(cut)).toBe(joined(message));
    expect(read(cut)).toBeUndefined();
  });

  test('a button comes with a message that is one, and then only', () => {
    const tapped = {
      ...message,
      MessageType: 'button',
      Body: 'Yes',
      ButtonText: 'Yes',
      ButtonPayload: 'confirm',
    };
    expect(read(tapped)).toEqual(tapped);
    expect(read({ ...tapped, MessageType: 'text' })).toBeUndefined();
    const { MessageType: _type, ...untyped } = tapped;
    expect(read(untyped)).toBeUndefined();
    const typed = { ...message, Body: 'see ButtonTextfoo' };
    expect(read(typed)).toEqual(typed);
    expect(read({ ...message, Body: 'see ', ButtonText: 'foo' })).toBeUndefined();
  });

  test.each([
    ['a known field that could begin in a text', { Body: 'see Forwardedtrue' }],
    ['a sender that could begin in a text', { Body: 'hi Fromwhatsapp:+4917600000000' }],
    ['a button that swallowed another', { MessageType: 'button', Body: 'a', ButtonPayload: 'bButtonTextc' }],
    ['a sender inside of another text', { ProfileName: 'Fromwhatsapp:+4917600000000' }],
    ['an account of another form', { AccountSid: 'AC01' }],
    ['a message id with more after it', { MessageSid: `${SID}x` }],
    ['no sender', { From: '' }],
    ['a name that is none', { 'Na me': 'x' }],
    ['metadata with something after them', { ChannelMetadata: '{}x' }],
  ])('%s is refused', (_what, change) => {
    expect(read({ ...message, ...change })).toBeUndefined();
  });

  test.each(['The Body Shop', 'Label me', 'Forwarded to you', 'From me', 'To whom', 'Fromage', 'NumMedia0'])(
    'everyday text is taken: %s',
    (Body) => {
      expect(read({ ...message, Body })).toEqual({ ...message, Body });
    },
  );

  test('an address can hold the word Body', () => {
    const place = {
      ...message,
      Address: 'The Body Shop, London',
      Latitude: '51.5',
      Longitude: '-0.1',
      Label: 'The Label',
    };
    expect(read(place)).toEqual(place);
  });

  test('no two known names can begin at one place', () => {
    for (const [short, { begins }] of TWILIO_FORMATS)
      for (const long of TWILIO_FORMATS.keys())
        if (long !== short && long.startsWith(short))
          expect({ short, long, taken: new RegExp(`^(?:${begins})`).test(long.slice(short.length)) }).toEqual(
            {
              short,
              long,
              taken: false,
            },
          );
  });
});

const word = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'X', ' ', 'Foo', 'Cars', 'STOP', 'true', '5', '{}', 'Zz', 'Dana'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'Body',
        'ButtonText',
        'ButtonPayload',
        'From',
        'To',
        'MessageSid',
        'ProfileName',
        'whatsapp:',
        '+491',
      ],
      ...[
        'US.1',
        'Label',
        'Latitude',
        'ReferralBody',
        'SmsSid',
        'WaId',
        'OptOutType',
        'MediaUrl0',
        'https://x',
      ],
      ...['ErrorCode', 'Forwarded', 'Sms', 'Mess', 'ListId', '{', SID],
    ),
  },
);
const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(''));

/** Sometimes there. */
const seldom = <T>(value: fc.Arbitrary<T>, outOf: number) =>
  fc.oneof({ weight: outOf - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const deliveries = fc
  .record({
    Body: text,
    ProfileName: text,
    From: fc.constantFrom(
      'whatsapp:+4915112345678',
      'whatsapp:+4915112345678',
      'whatsapp:US.13491A',
      'whatsapp:US.1LabelX',
    ),
    ButtonText: seldom(text, 4),
    ButtonPayload: seldom(text, 4),
    Address: seldom(text, 5),
    Label: seldom(text, 5),
    Latitude: seldom(fc.constant('5.5'), 3),
    ReferralBody: seldom(text, 8),
    Forwarded: seldom(fc.constant('true'), 4),
    OptOutType: seldom(fc.constant('STOP'), 4),
    ErrorCode: seldom(fc.constantFrom('', '63016'), 6),
    MessageType: fc.constantFrom('text', 'button', 'button'),
    // Names that nobody knows: after a text, and elsewhere.
    Caption: seldom(text, 20),
    Later: seldom(text, 8),
    MessageNew: seldom(text, 4),
    NumNew: seldom(text, 4),
    Quux: seldom(text, 20),
  })
  .map((given): Fields =>
    Object.fromEntries(
      Object.entries({ ...message, ...given }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
  );

/** Another cut of the same text: marks moved, fields joined and split. */
function recut(fields: Fields, random: readonly number[]): Fields {
  const names = Object.keys(fields).sort();
  const parts = names.map((name) => [name, fields[name] ?? ''] as [string, string]);
  for (const [i, number] of random.entries()) {
    const at = number % parts.length;
    const [name, value] = parts[at]!;
    const next = parts[at + 1];
    if (i % 3 === 0 && next) parts.splice(at, 2, [name, value + next[0] + next[1]]);
    else if (i % 3 === 1) {
      const starts = [...value.matchAll(/[A-Z]/g)].map(({ index }) => index);
      const start = starts[number % (starts.length || 1)];
      if (start === undefined) continue;
      const rest = value.slice(start);
      const end = 1 + (Math.floor(number / 7) % rest.length);
      const fitting = [...TWILIO_FORMATS.keys()].filter((known) => rest.startsWith(known));
      const length = number % 2 && fitting[0] ? fitting[0].length : end;
      parts.splice(at, 1, [name, value.slice(0, start)], [rest.slice(0, length), rest.slice(length)]);
    } else {
      const whole = name + value;
      const end = 1 + (Math.floor(number / 3) % whole.length);
      parts[at] = [whole.slice(0, end), whole.slice(end)];
    }
  }
  return Object.fromEntries(parts);
}

describe('cutting the signed text anew', () => {
  test('gives nothing that is accepted and understood otherwise', () => {
    let tried = 0;
    fc.assert(
      fc.property(deliveries, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), (original, random) => {
        const cut = recut(original, random);
        // Only a cut whose text is the same bears the same signature.
        fc.pre(joined(cut) === joined(original) && JSON.stringify(cut) !== JSON.stringify(original));
        const [first, second] = [read(original), read(cut)];
        if (first) tried++;
        if (first && second) expect(second).toEqual(first);
      }),
      { numRuns: 6_000, maxSkipsPerRun: 50 },
    );
    expect(tried).toBeGreaterThan(400);
  });

  /** Every cut of one text at capital letters, of any number of fields. */
  test('no text has two readings: every cut of short texts', () => {
    const tails = [
      'hi Cars X',
      'ButtonTextX',
      'xForwardedtrue',
      'STOP ErrorCode5',
      'aChannelMetadata{}',
      'To X',
      'From X',
    ];
    for (const tail of tails)
      for (const Body of ['', tail, `${tail}${tail}`]) {
        const original = { ...message, Body };
        const cuts = allCuts(`Body${Body}`).map((parts) => {
          const { Body: _body, ...others } = original;
          return { ...others, ...Object.fromEntries(parts) };
        });
        const readings = cuts
          .filter((cut) => joined(cut) === joined(original))
          .map(read)
          .filter((reading) => reading !== undefined)
          .map((reading) => JSON.stringify(Object.entries(reading).sort()));
        expect(new Set(readings).size).toBeLessThanOrEqual(1);
      }
  });
});

describe('the fields of SMS', () => {
  const sms: Readonly<Fields> = {
    AccountSid: message['AccountSid']!,
    ApiVersion: '2010-04-01',
    Body: 'STOP Cars are fine',
    From: '+4915112345678',
    FromCity: 'SAN FRANCISCO',
    FromCountry: 'US',
    MessageSid: SID,
    NumMedia: '0',
    NumSegments: '1',
    SmsMessageSid: SID,
    SmsSid: SID,
    SmsStatus: 'received',
    To: '+14155238886',
    ToCity: '',
    ToZip: '94105',
  };
  const status: Readonly<Fields> = {
    AccountSid: message['AccountSid']!,
    ApiVersion: '2010-04-01',
    From: '+14155238886',
    MessageSid: SID,
    MessageStatus: 'delivered',
    RawDlrDoneDate: '2601051000',
    SmsSid: SID,
    SmsStatus: 'delivered',
    To: '+4915112345678',
  };
  const readSms = (fields: Readonly<Fields>): Fields | undefined => {
    const format = smsFields(fields);
    const formats = fields['MessageStatus'] === undefined ? SMS_MESSAGE_FORMATS : SMS_STATUS_FORMATS;
    if (!format.areWellFormed(fields) || !format.areOneReading(fields)) return undefined;
    return Object.fromEntries(Object.entries(fields).filter(([name]) => formats.has(name)));
  };

  test('what Twilio posts is read; the places of the numbers are left out', () => {
    const { FromCity: _1, FromCountry: _2, ToCity: _3, ToZip: _4, ...used } = sms;
    expect(readSms(sms)).toEqual(used);
    const { RawDlrDoneDate: _5, ...told } = status;
    expect(readSms(status)).toEqual(told);
  });

  test.each([
    ['a short code', { From: '22395' }],
    ['a field that Twilio adds behind a place', { ToZone: 'x' }],
    ['a text about numbers', { Body: 'From 12345 To 500 people, To +1' }],
  ])('%s is taken', (_what, change) => {
    expect(readSms({ ...sms, ...change })).toBeDefined();
  });

  test.each([
    ['a sender by a name', { From: 'CLINIC' }],
    ['none yet, of a Messaging Service', { From: undefined, MessagingServiceSid: `MG${'0'.repeat(32)}` }],
    ['an error', { ErrorCode: '30003', ErrorMessage: 'Unreachable destination handset' }],
  ])('a status of %s is taken', (_what, change) => {
    const fields = Object.entries({ ...status, ...change }).filter(([, value]) => value !== undefined);
    expect(readSms(Object.fromEntries(fields) as Fields)).toBeDefined();
  });

  test.each([
    ['an address of WhatsApp', { From: 'whatsapp:+4915112345678' }],
    ['a name, which nobody can be answered at', { From: 'CLINIC' }],
    ['a number that could begin in the text', { Body: 'hi From+4917600000000' }],
    ['a short code that could begin in the text', { Body: 'hi From12345FromCityX' }],
    ['a name that nobody knows behind the text', { Body: 'STOP ', Cars: ' are fine' }],
    ['no text', { Body: undefined }],
  ])('%s is refused', (_what, change) => {
    const fields = Object.entries({ ...sms, ...change }).filter(([, value]) => value !== undefined);
    expect(readSms(Object.fromEntries(fields) as Fields)).toBeUndefined();
  });

  test('cutting the signed text anew gives nothing that is accepted and understood otherwise', () => {
    const party = fc.constantFrom('+4915112345678', '22395');
    const originals = fc.oneof(
      fc.record({
        Body: text,
        From: party,
        FromCity: text,
        ToCity: text,
        ToZip: text,
        Quux: seldom(text, 20),
      }),
      fc.record({
        Body: text,
        From: party,
        OptOutType: seldom(fc.constant('STOP'), 2),
        NumNew: seldom(text, 4),
      }),
    );
    let tried = 0;
    fc.assert(
      fc.property(originals, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), (given, random) => {
        const entries = Object.entries({ ...sms, ...given }).filter(([, value]) => value !== undefined);
        const original = Object.fromEntries(entries) as Fields;
        const cut = recut(original, random);
        fc.pre(joined(cut) === joined(original) && JSON.stringify(cut) !== JSON.stringify(original));
        const [first, second] = [readSms(original), readSms(cut)];
        if (first) tried++;
        if (first && second) expect(second).toEqual(first);
      }),
      { numRuns: 3_000, maxSkipsPerRun: 50 },
    );
    expect(tried).toBeGreaterThan(200);
  });
});

/** All ways to cut a text into up to three names and values. */
function allCuts(whole: string): [string, string][][] {
  const cuts: [string, string][][] = [];
  const fieldsOf = (part: string) =>
    Array.from({ length: part.length }, (_, i): [string, string] => [
      part.slice(0, i + 1),
      part.slice(i + 1),
    ]);
  for (const one of fieldsOf(whole)) cuts.push([one]);
  for (let i = 1; i < whole.length; i++)
    for (const a of fieldsOf(whole.slice(0, i)))
      for (const b of fieldsOf(whole.slice(i))) {
        cuts.push([a, b]);
      }
  return cuts;
}
