import fc from 'fast-check';
import {
  checkContactChange,
  checkNewContact,
  type ContactInput,
  type ContactRules,
} from '../../../src/modules/contacts/domain/contact-values';
import {
  checkCustomValue,
  customValueFromText,
  FIELD_TYPES,
  type CustomField,
} from '../../../src/modules/contacts/domain/custom-field';
import { toEmail } from '../../../src/modules/contacts/domain/email';
import { ContactInvalid } from '../../../src/modules/contacts/domain/errors';

const aField = (key: string, more: Partial<CustomField> = {}): CustomField => ({
  key,
  label: key,
  type: 'text',
  options: [],
  required: false,
  ...more,
});
const rules: ContactRules = {
  defaultCountry: 'DE',
  fields: [
    aField('company'),
    aField('visits', { type: 'number' }),
    aField('member', { type: 'boolean' }),
    aField('born', { type: 'date' }),
    aField('size', { type: 'choice', options: ['S', 'M'] }),
  ],
};
const strict: ContactRules = { ...rules, fields: [aField('company', { required: true })] };

/** Field and code of everything that is wrong. */
function refusals(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ContactInvalid) return error.fields.map(({ field, code }) => `${field}: ${code}`);
    throw error;
  }
  return [];
}

test('a contact is kept in its normal form', () => {
  const contact = checkNewContact(
    {
      name: '  Dana\n Weber ',
      phone: '0151 12345678',
      email: ' Dana@Example.COM ',
      timezone: ' Europe/Berlin ',
      serviceInterests: ['Haircut', ' haircut ', ''],
      tags: ['VIP', 'vip', 'New'],
      leadScore: 'hot',
      notes: 'one\r\ntwo\u0000',
      customFields: { visits: 3, member: false, born: '2000-02-29', size: 'M', company: null },
    },
    rules,
  );
  expect(contact).toEqual({
    name: 'Dana Weber',
    phone: '+4915112345678',
    email: 'dana@example.com',
    timezone: 'Europe/Berlin',
    serviceInterests: ['Haircut'],
    tags: ['VIP', 'New'],
    leadScore: 'hot',
    leadStatus: 'new',
    leadStatusReason: null,
    notes: 'one\ntwo',
    customFields: { visits: 3, member: false, born: '2000-02-29', size: 'M' },
  });
});

test('everything that is wrong is told at once, by field', () => {
  const input: ContactInput = {
    name: 'x'.repeat(201),
    phone: '12',
    email: 'nobody',
    serviceInterests: 'haircut',
    tags: Array.from({ length: 51 }, (_, i) => `tag ${i}`),
    leadScore: 'boiling',
    leadStatus: null,
    leadStatusReason: 7,
    notes: 'x'.repeat(10_001),
    customFields: { company: 7, visits: '3', member: 'yes', born: '2001-02-29', size: 'L', shoe: 1 },
  };
  expect(refusals(() => checkNewContact(input, rules))).toEqual([
    'name: too_long',
    'phone: bad_phone',
    'email: bad_email',
    'serviceInterests: wrong_type',
    'tags: too_many',
    'leadScore: not_an_option',
    'leadStatus: not_an_option',
    'leadStatusReason: wrong_type',
    'notes: too_long',
    'customFields.company: wrong_type',
    'customFields.visits: wrong_type',
    'customFields.member: wrong_type',
    'customFields.born: wrong_type',
    'customFields.size: not_an_option',
    'customFields.shoe: unknown_field',
  ]);
});

test('somebody is known by a name, a phone or an email', () => {
  expect(refusals(() => checkNewContact({ notes: 'Who?' }, rules))).toEqual(['name: required']);
  expect(refusals(() => checkNewContact({ email: 'a@b.de' }, rules))).toEqual([]);
});

test('a change is what is given: null takes away, what is left out stays out', () => {
  expect(checkContactChange({}, rules)).toEqual({});
  expect(checkContactChange({ name: undefined, phone: null, email: '', tags: null }, rules)).toEqual({
    phone: null,
    email: null,
    tags: [],
  });
  expect(checkContactChange({ customFields: { company: null, visits: 4 } }, rules)).toEqual({
    customFields: { company: null, visits: 4 },
  });
});

test('a required field must be there at first, and cannot be taken away', () => {
  const required = ['customFields.company: required'];
  expect(refusals(() => checkNewContact({ name: 'Dana' }, strict))).toEqual(required);
  expect(refusals(() => checkNewContact({ name: 'Dana', customFields: { company: null } }, strict))).toEqual(
    required,
  );
  expect(refusals(() => checkContactChange({ customFields: { company: null } }, strict))).toEqual(required);
  expect(checkContactChange({ name: 'Dana' }, strict)).toEqual({ name: 'Dana' });
});

test.each([
  'a@b',
  '@b.de',
  'a b@c.de',
  'a@b..de',
  'a@@b.de',
  `${'a'.repeat(65)}@b.de`,
  'a@b.c',
  '',
  'a,b@c.de',
])('%s is no address', (text) => {
  expect(toEmail(text)).toBeUndefined();
});

test('an address that is kept is kept as it is', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (address) => {
      const kept = toEmail(address);
      if (kept !== undefined) expect([kept, kept.toLowerCase()]).toEqual([toEmail(kept), kept]);
    }),
  );
});

test('whatever is given, a contact comes out in normal form or is refused by field', () => {
  const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.anything());
  const keys = [
    'name',
    'phone',
    'email',
    'timezone',
    'tags',
    'leadScore',
    'leadStatus',
    'notes',
    'customFields',
  ] as const;
  const input = fc.record(Object.fromEntries(keys.map((key) => [key, anything])), { requiredKeys: [] });
  fc.assert(
    fc.property(input, (given: ContactInput) => {
      const wrong = refusals(() => {
        const contact = checkNewContact(given, rules);
        expect(checkNewContact(contact, rules)).toEqual(contact);
        expect(JSON.stringify(contact)).not.toMatch(/\\u0000|\\ud[89a-f]/);
      });
      for (const one of wrong) expect(one).toMatch(/^\w+(\..*)?: \w+$/su);
    }),
    { numRuns: 500 },
  );
});

test('a value that is written down as text is read as itself', () => {
  const field = fc.constantFrom(...FIELD_TYPES).map((type) => aField('x', { type, options: ['S', 'M'] }));
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => Number(n.toFixed(3))),
    fc.boolean(),
    fc.constantFrom('S', '2026-01-05'),
  );
  fc.assert(
    fc.property(field, value, (one, given) => {
      const checked = checkCustomValue(one, given);
      if ('refused' in checked || String(checked.value).includes('e')) return;
      expect(customValueFromText(one, String(checked.value))).toBe(checked.value);
    }),
  );
});
