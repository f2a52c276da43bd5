import fc from 'fast-check';
import { withoutInvitation } from '../../../src/modules/conversations/domain/invitation';
import { TemplateVariablesInvalid } from '../../../src/modules/conversations/domain/template-errors';
import {
  rendererOf,
  type TemplateValues,
} from '../../../src/modules/conversations/domain/template-rendering';
import type { TemplateVariable } from '../../../src/modules/conversations/domain/template-variable';

const HELD = { provider: 'twilio', accountId: 'AC1', contentId: 'HX1', approval: 'approved' } as const;

const text = (name: string): TemplateVariable => ({ name, type: 'text', example: 'Ann', maxLength: 400 });

function render(body: string, variables: readonly TemplateVariable[], values: TemplateValues): string | null {
  return rendererOf({ body, variables, language: 'en', heldBy: null })(values).text;
}

/** The complaints of a rendering, by field and code. */
function complaints(work: () => unknown): Record<string, string> {
  try {
    work();
  } catch (error) {
    if (!(error instanceof TemplateVariablesInvalid)) throw error;
    return Object.fromEntries(error.fields.map(({ field, code }) => [field, code]));
  }
  return {};
}

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/);
/** Text between variables: anything but braces in pairs. */
const literal = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((part) => part.replace(/[{}\p{Cc}]/gu, ''));
/** What people, and attackers, put in: also places of variables, replacement patterns and names of properties. */
const value = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(
      '{{first}}',
      '{{second}}',
      '$&',
      '$1',
      "$'",
      '$$',
      '\\1',
      '{{',
      '}}',
      '__proto__',
      '{{}}',
    ),
    name.map((each) => `{{${each}}}`),
  )
  .filter(
    (each) =>
      each.trim() !== '' && !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Surrogate}]/u.test(each),
  );

/** A template as its pieces, and a value for each variable. */
const filled = fc
  .uniqueArray(name, { minLength: 1, maxLength: 5 })
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      pieces: fc.array(
        fc.oneof(
          literal,
          fc.constantFrom(...names).map((each) => ({ name: each })),
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      values: fc.tuple(...names.map(() => value)),
    }),
  )
  .map(({ names, pieces, values }) => ({
    names,
    // Each variable stands there once at least, as the rules of templates demand.
    pieces: [...pieces, ...names.map((each) => ({ name: each }))],
    values: Object.fromEntries(names.map((each, at) => [each, values[at]!])),
  }));

const bodyOf = (pieces: readonly (string | { name: string })[]): string =>
  pieces.map((piece) => (typeof piece === 'string' ? piece : `{{${piece.name}}}`)).join('');

describe('a template that is filled in', () => {
  it('is its text with each value in its places, whatever stands in the values', () => {
    fc.assert(
      fc.property(filled, ({ names, pieces, values }) => {
        const expected = pieces
          .map((piece) => (typeof piece === 'string' ? piece : values[piece.name]))
          .join('');
        fc.pre(Array.from(expected).length <= 1600);
        expect(render(bodyOf(pieces), names.map(text), values)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes in the places of one variable alone, when its value changes', () => {
    fc.assert(
      fc.property(filled, value, ({ names, pieces, values }, other) => {
        const [changed] = names;
        const renderer = rendererOf({
          body: bodyOf(pieces),
          variables: names.map(text),
          language: 'en',
          heldBy: null,
        });
        const without = pieces.map((piece) =>
          typeof piece === 'string' ? piece : piece.name === changed ? null : values[piece.name]!,
        );
        for (const each of [values[changed!]!, other]) {
          const rendered = renderer({ ...values, [changed!]: each }).text;
          expect(rendered).toBe(without.map((part) => part ?? each).join(''));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is refused for every value that is missing, and every name that it does not know', () => {
    fc.assert(
      fc.property(filled, name, ({ names, pieces, values }, stranger) => {
        const variables = names.map(text);
        const body = bodyOf(pieces);
        for (const each of names) {
          const { [each]: _left, ...others } = values;
          expect(complaints(() => render(body, variables, others))).toEqual({
            [`variables.${each}`]: 'required',
          });
        }
        fc.pre(!names.includes(stranger));
        expect(complaints(() => render(body, variables, { ...values, [stranger]: 'x' }))).toEqual({
          [`variables.${stranger}`]: 'unknown_variable',
        });
      }),
    );
  });

  it('does not take for a value what every object has', () => {
    const variables = [text('constructor'), text('tostring')];
    expect(complaints(() => render('{{constructor}} {{tostring}}', variables, {}))).toEqual({
      'variables.constructor': 'required',
      'variables.tostring': 'required',
    });
  });

  it('is refused for values that are no texts, are blank, or hold what ends or turns a line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(
            '',
            ' ',
            '\u00a0',
            'a\nb',
            'a\tb',
            '\u0000',
            '\u001b[2J',
            'a\u2028b',
            '\u202eabc',
            '\u2066a',
          ),
          fc.integer(),
          fc.boolean(),
          fc.object(),
          fc.constant(null),
          fc.array(fc.string()),
        ),
        (bad) => {
          expect(complaints(() => render('Hi {{name}}', [text('name')], { name: bad }))).toHaveProperty([
            'variables.name',
          ]);
        },
      ),
    );
  });

  it('has at most 1,600 characters, as people count them', () => {
    const variables = [{ ...text('name'), maxLength: 1600 }];
    expect(render('{{name}}!', variables, { name: '👋'.repeat(1599) })).toHaveLength(2 * 1599 + 1);
    expect(complaints(() => render('{{name}}!', variables, { name: '👋'.repeat(1600) }))).toEqual({
      variables: 'too_long',
    });
    expect(complaints(() => render('{{name}}!', [text('name')], { name: 'a'.repeat(401) }))).toEqual({
      'variables.name': 'too_long',
    });
  });
});

describe('values by type', () => {
  const one = (type: TemplateVariable['type'], given: string): string | null =>
    render('{{it}}', [{ name: 'it', type, example: '', maxLength: 300 }], { it: given });

  test.each([
    ['number', '12.50', '12.50'],
    ['number', '-3', '-3'],
    ['number', '1,250.00', '1,250.00'],
    ['date', '2026-01-05', 'January 5, 2026'],
    ['date', '2028-02-29', 'February 29, 2028'],
    ['time', '14:30', '2:30 PM'],
    ['time', '00:05', '12:05 AM'],
    ['url', 'https://clinic.example/a?b=c#d', 'https://clinic.example/a?b=c#d'],
    ['phone', '+4915112345678', '+4915112345678'],
  ] as const)('%s %s is read as %s', (type, given, shown) => {
    expect(one(type, given)).toBe(shown);
  });

  test.each([
    ['number', 'twelve'],
    ['number', '1e3'],
    ['number', '1..2'],
    ['date', '2026-02-29'],
    ['date', '2026-2-1'],
    ['date', '05.01.2026'],
    ['date', '0000-00-00'],
    ['time', '24:00'],
    ['time', '9:30'],
    ['url', 'javascript:alert(1)'],
    ['url', 'https://user:password@clinic.example'],
    ['url', 'https://clinic.example/ and more'],
    ['url', 'clinic.example'],
    ['phone', '0151 12345678'],
    ['phone', '+49151'],
  ] as const)('%s is not %s', (type, given) => {
    expect(complaints(() => one(type, given))).toEqual({ 'variables.it': type });
  });

  it('days and times are read in the language of the template', () => {
    const renderer = rendererOf({
      body: 'am {{day}} um {{time}}',
      language: 'de',
      heldBy: null,
      variables: [
        { name: 'day', type: 'date', example: '2026-01-05', maxLength: 10 },
        { name: 'time', type: 'time', example: '09:30', maxLength: 5 },
      ],
    });
    expect(renderer({ day: '2026-03-01', time: '14:30' }).text).toBe('am 1. März 2026 um 14:30');
  });
});

describe('a template of a provider', () => {
  const renderer = rendererOf({ body: 'Hi {{1}}', language: 'en', heldBy: HELD, variables: [text('1')] });

  it('shows what the provider will make of it, and keeps the values for it', () => {
    expect(renderer({ '1': '{{1}} & Ann' })).toEqual({
      text: 'Hi {{1}} & Ann',
      variables: { '1': '{{1}} & Ann' },
    });
  });

  it('takes no more than four blanks in a row', () => {
    expect(renderer({ '1': `a${' '.repeat(4)}b` }).text).toBe(`Hi a${' '.repeat(4)}b`);
    expect(complaints(() => renderer({ '1': `a${' '.repeat(5)}b` }))).toEqual({
      'variables.1': 'too_many_spaces',
    });
  });

  it('can have no text of its own', () => {
    const silent = rendererOf({ body: null, language: 'en', heldBy: HELD, variables: [text('1')] });
    expect(silent({ '1': '123456' })).toEqual({ text: null, variables: { '1': '123456' } });
  });
});

describe('a text that would invite to change consent', () => {
  const linter = (said: string) => (said.includes('Reply STOP') ? 'it asks for STOP' : null);
  const renderer = (body: string) =>
    withoutInvitation(rendererOf({ body, language: 'en', heldBy: HELD, variables: [text('1')] }), linter);

  it('is refused, also when a value alone makes it one', () => {
    expect(renderer('Reply {{1}}')({ '1': 'soon' }).text).toBe('Reply soon');
    expect(complaints(() => renderer('Reply {{1}}')({ '1': 'STOP' }))).toEqual({
      variables: 'reserved_word',
    });
    expect(complaints(() => renderer('Reply STOP {{1}}')({ '1': 'now' }))).toEqual({
      variables: 'reserved_word',
    });
  });
});
