import fc from 'fast-check';
import { MalformedJson, readJson } from '../../../src/common/http/json-body';
import { UnstorableText } from '../../../src/common/http/storable-text';

const read = (text: string) => readJson(Buffer.from(text));
const fieldOf = (text: string) => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UnstorableText) return error.fields[0]?.field;
    throw error;
  }
  return undefined;
};

test.each([
  [String.raw`{"name":"a\u0000b"}`, 'name'],
  [String.raw`{"name":"\ud800"}`, 'name'],
  [String.raw`{"name":"\udc00 and \ud800"}`, 'name'],
  [String.raw`{"items":[{"ok":1},{"text":"\uDFFF"}]}`, 'items.1.text'],
  [String.raw`{"items":{"\u0000":1}}`, 'items'],
  [String.raw`{"\ud83d":1}`, 'body'],
])('%s is refused, and the place is told', (text, field) => {
  expect(fieldOf(text)).toBe(field);
});

test('pairs, escapes and other control characters pass', () => {
  const body = { smile: '😀', tab: '\t', bell: '\u0007', ключ: 'é' };
  const escaped = JSON.stringify(body).replace('😀', String.raw`\ud83d\ude00`);
  expect(read(escaped)).toEqual(body);
  expect(read(JSON.stringify({ text: String.raw`\u0000` }))).toEqual({ text: String.raw`\u0000` });
});

test('a NUL as it is was never JSON', () => {
  expect(() => read('{"name":"\0"}')).toThrow(MalformedJson);
});

test('text passes exactly when it can be written as UTF-8 without loss and holds no NUL', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 3 }),
      (start, units) => {
        const text = start + String.fromCharCode(...units);
        const isText = Buffer.from(text).toString() === text && !text.includes('\0');
        expect(fieldOf(JSON.stringify({ text }))).toBe(isText ? undefined : 'text');
      },
    ),
  );
});
