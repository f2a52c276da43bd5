import fc from 'fast-check';
import { smsSegments } from '../../../src/modules/channels/domain/sms-segments';

// The alphabet again, written as code points of the standard's table and not copied from the program.
const GSM = [
  ...[0x40, 0xa3, 0x24, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0x0a, 0xd8, 0xf8, 0x0d, 0xc5, 0xe5],
  ...[0x394, 0x5f, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9],
  ...[0x20, 0x21, 0x22, 0x23, 0xa4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f],
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f],
  ...[0xa1, ...Array.from({ length: 26 }, (_, at) => 0x41 + at), 0xc4, 0xd6, 0xd1, 0xdc, 0xa7],
  ...[0xbf, ...Array.from({ length: 26 }, (_, at) => 0x61 + at), 0xe4, 0xf6, 0xf1, 0xfc, 0xe0],
].map((point) => String.fromCodePoint(point));
const EXTENSION = [0x0c, 0x5e, 0x7b, 0x7d, 0x5c, 0x5b, 0x7e, 0x5d, 0x7c, 0x20ac].map((point) =>
  String.fromCodePoint(point),
);

/** Cuts a text into segments, one character after the other, and shows each of them. */
function cut(text: string): string[] {
  const gsm = Array.from(text).every((each) => GSM.includes(each) || EXTENSION.includes(each));
  const size = (part: string): number =>
    gsm ? Array.from(part).reduce((sum, each) => sum + (EXTENSION.includes(each) ? 2 : 1), 0) : part.length;
  if (size(text) <= (gsm ? 160 : 70)) return [text];
  const parts: string[] = [''];
  for (const each of text) {
    const last = parts[parts.length - 1]!;
    if (size(last + each) <= (gsm ? 153 : 67)) parts[parts.length - 1] = last + each;
    else parts.push(each);
  }
  return parts;
}

const gsmText = fc.array(fc.constantFrom(...GSM, ...EXTENSION, '€', '€', 'a', 'a'), { maxLength: 700 });
const anyText = fc.array(
  fc.oneof(fc.constantFrom(...GSM, ...EXTENSION), fc.constantFrom('👋', '漢', 'ç', '`', 'é', '\u2019')),
  { maxLength: 400 },
);

describe('the number of SMS segments', () => {
  it('knows the whole alphabet: 127 characters and ten of the extension table', () => {
    expect(new Set(GSM).size).toBe(127);
    expect(smsSegments(GSM.join(''))).toEqual({ encoding: 'gsm7', units: 127, segments: 1 });
    expect(smsSegments(EXTENSION.join(''))).toEqual({ encoding: 'gsm7', units: 20, segments: 1 });
  });

  test.each([
    ['nothing', '', 'gsm7', 0, 1],
    ['160 characters', 'a'.repeat(160), 'gsm7', 160, 1],
    ['161 characters', 'a'.repeat(161), 'gsm7', 161, 2],
    ['306 characters', 'a'.repeat(306), 'gsm7', 306, 2],
    ['307 characters', 'a'.repeat(307), 'gsm7', 307, 3],
    ['80 euros', '€'.repeat(80), 'gsm7', 160, 1],
    ['an euro at a seam', `${'a'.repeat(152)}€${'a'.repeat(151)}`, 'gsm7', 305, 2],
    ['an euro at a seam, and one more', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm7', 306, 3],
    ['70 units', '漢'.repeat(70), 'ucs2', 70, 1],
    ['71 units', '漢'.repeat(71), 'ucs2', 71, 2],
    ['35 waves', '👋'.repeat(35), 'ucs2', 70, 1],
    ['67 waves: 33 in each', '👋'.repeat(67), 'ucs2', 134, 3],
    ['one curly apostrophe', `${'a'.repeat(70)}\u2019`, 'ucs2', 71, 2],
  ])('%s', (_what, text, encoding, units, segments) => {
    expect(smsSegments(text)).toEqual({ encoding, units, segments });
  });

  it('is that of cutting the text by hand, for GSM-7', () => {
    fc.assert(
      fc.property(gsmText, (characters) => {
        const text = characters.join('');
        const parts = cut(text);
        expect(parts.join('')).toBe(text);
        expect(smsSegments(text)).toMatchObject({ encoding: 'gsm7', segments: parts.length });
      }),
      { numRuns: 500 },
    );
  });

  it('is that of cutting the text by hand, for anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, fc.string({ unit: 'binary', maxLength: 300 }).map(Array.from<string>)),
        (characters) => {
          const text = characters.join('');
          const parts = cut(text);
          expect(parts.join('')).toBe(text);
          // No pair is torn: every part is well-formed where the whole is.
          expect(parts.every((part) => !/\p{Surrogate}/u.test(part))).toBe(true);
          expect(smsSegments(text).segments).toBe(parts.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('grows with the text', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, two) => {
        const [shorter, longer] = [one.join(''), [...one, ...two].join('')];
        expect(smsSegments(longer).segments).toBeGreaterThanOrEqual(smsSegments(shorter).segments);
      }),
    );
  });
});
