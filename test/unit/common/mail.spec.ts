import * as fc from 'fast-check';
import { composeMail, mailName } from '../../../src/common/mail';

const HOSTILE = `<img src=x onerror=alert(1)> & "quotes" 'too'`;

describe('a mail', () => {
  it('escapes everything in HTML, and leaves the text as it is', () => {
    const { html, text } = composeMail('a@example.test', 'Hello', [
      HOSTILE,
      { link: 'https://desk.example/?a=1&b="2"', caption: HOSTILE },
      { copy: HOSTILE },
    ]);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('"2"');
    expect(html.match(/&#60;img src=x onerror=alert\(1\)&#62;/g)).toHaveLength(3);
    expect(text).toContain(`${HOSTILE}:\nhttps://desk.example/?a=1&b="2"`);
  });

  it('has a subject of one short line, whatever people are called', () => {
    const hostile = fc
      .string({ unit: 'binary', maxLength: 400 })
      .map((name) => `Hello ${name}\r\nBcc: x@example.test`);
    fc.assert(
      fc.property(hostile, (name) => {
        const { subject } = composeMail('a@example.test', name, []);
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(subject.length).toBeLessThanOrEqual(250);
      }),
    );
  });
});

describe('a name', () => {
  it.each([
    ['  Dana\tDemo ', 'Dana Demo'],
    ['Dana\r\nBcc: everyone@example.test', 'Dana Bcc: everyone@example.test'],
    ['Dana \u202eomeD', 'Dana omeD'],
    ['Übermaß 😀', 'Übermaß 😀'],
    ['😀'.repeat(200), `${'😀'.repeat(120)}…`],
  ])('%j becomes %j', (given, shown) => expect(mailName(given)).toBe(shown));
});
