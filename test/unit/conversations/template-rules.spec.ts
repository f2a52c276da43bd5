import { TemplateInvalid } from '../../../src/modules/conversations/domain/template-errors';
import {
  checkTemplate,
  tidyBody,
  type TemplateText,
} from '../../../src/modules/conversations/domain/template-rules';

const GOOD: TemplateText = {
  language: 'en',
  body: 'Hi {{name}}, see you on {{day}}.',
  variables: [
    { name: 'name', type: 'text', example: 'Ann', maxLength: 50 },
    { name: 'day', type: 'date', example: '2026-01-05', maxLength: 10 },
  ],
};

function problems(change: Partial<TemplateText>, invitation: (text: string) => string | null = () => null) {
  try {
    checkTemplate({ ...GOOD, ...change }, invitation);
  } catch (error) {
    if (!(error instanceof TemplateInvalid)) throw error;
    return error.fields.map(({ field, code }) => `${field} ${code}`);
  }
  return [];
}

describe('a text template', () => {
  it('is right when each place has a variable and each variable a place', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ body: 'Closed today.', variables: [] })).toEqual([]);
    expect(problems({ body: '{one} {{{name}}} {{day}}' })).toEqual([]);
  });

  test.each<[string, Partial<TemplateText>, string[]]>([
    ['a blank text', { body: ' \n', variables: [] }, ['body blank']],
    ['too long a text', { body: 'a'.repeat(1601), variables: [] }, ['body too_long']],
    ['a control character', { body: 'a\u0007', variables: [] }, ['body control_characters']],
    ['a tab', { body: 'a\tb', variables: [] }, ['body control_characters']],
    ['blanks in a place', { body: '{{ name }} {{name}} {{day}}' }, ['body malformed_placeholder']],
    ['an empty place', { body: '{{}} {{name}} {{day}}' }, ['body malformed_placeholder']],
    ['an open place', { body: '{{name} {{name}} {{day}}' }, ['body malformed_placeholder']],
    ['an undeclared variable', { body: '{{name}} {{day}} {{other}}' }, ['body undeclared_variable']],
    ['an unused variable', { body: '{{day}}' }, ['variables.0.name unused_variable']],
    [
      'a variable twice',
      { variables: [...GOOD.variables, GOOD.variables[0]!] },
      ['variables.2.name duplicate'],
    ],
    [
      'an example that is none',
      { variables: [GOOD.variables[0]!, { ...GOOD.variables[1]!, example: 'Monday' }] },
      ['variables.1.example date'],
    ],
    [
      'an example that is longer than may be',
      { variables: [{ ...GOOD.variables[0]!, maxLength: 2 }, GOOD.variables[1]!] },
      ['variables.0.example too_long'],
    ],
    ['no language', { language: 'not a language' }, ['language language']],
    [
      'too long a text with its examples',
      {
        body: `${'a'.repeat(1580)}{{name}}`,
        variables: [{ name: 'name', type: 'text', example: 'b'.repeat(50), maxLength: 50 }],
      },
      ['body too_long'],
    ],
    [
      'several things at once',
      { body: '{{nobody}}', language: '?' },
      [
        'language language',
        'body undeclared_variable',
        'variables.0.name unused_variable',
        'variables.1.name unused_variable',
      ],
    ],
  ])('%s is told by field', (_what, change, expected) => {
    expect(problems(change)).toEqual(expected);
  });

  it('is asked for an invitation with its examples filled in', () => {
    const asked: string[] = [];
    expect(
      problems({}, (text) => {
        asked.push(text);
        return 'it asks for STOP';
      }),
    ).toEqual(['body reserved_word']);
    expect(asked).toEqual(['Hi Ann, see you on January 5, 2026.']);
  });

  it('is kept with line ends of one kind and no blanks around', () => {
    expect(tidyBody('\r\n Hi\r\nthere\rAnn \n')).toBe('Hi\nthere\nAnn');
  });
});
