import { isUtf8 } from 'node:buffer';

/** How the bytes of a file stand for characters, by the names that `TextDecoder` knows. */
export const CSV_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
/** Latin-1 is read as Windows-1252, as browsers do: what calls itself Latin-1 and differs uses its curly quotes and `€`. */
export type CsvEncoding = (typeof CSV_ENCODINGS)[number];

/** Of so much of the beginning: text in UTF-16 shows its zero bytes there. */
const PROBE = 4_096;

/** The encoding that a byte order mark says; undefined without one. */
function byMark(head: Buffer): CsvEncoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** Text of our scripts in UTF-16 has a zero in nearly every other byte, always on the same side. */
function byZeros(head: Buffer): CsvEncoding | undefined {
  const probe = head.subarray(0, PROBE - (PROBE % 2));
  const zeros = [0, 0];
  probe.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = probe.length / 5;
  if (odd > many && even * 10 < odd) return 'utf-16le';
  if (even > many && odd * 10 < even) return 'utf-16be';
  return undefined;
}

/** Finds out the encoding of a file while it passes by, chunk after chunk; holds no more than its first chunk's beginning. */
export class EncodingDetector {
  private certain: CsvEncoding | undefined;
  private first = true;
  private validUtf8 = true;
  /** The last bytes of a chunk, which may be half a character. */
  private rest: Buffer = Buffer.alloc(0);
  private hasZero = false;

  push(chunk: Buffer): void {
    if (this.first) this.certain = byMark(chunk) ?? byZeros(chunk);
    this.first = false;
    if (this.certain?.startsWith('utf-16')) return;
    this.hasZero ||= chunk.includes(0);
    if (!this.validUtf8) return;
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const whole = bytes.length - unfinished(bytes);
    this.validUtf8 = isUtf8(bytes.subarray(0, whole));
    this.rest = Buffer.from(bytes.subarray(whole));
  }

  /** What it is, once the whole file has passed; undefined when it is no text. */
  end(): CsvEncoding | undefined {
    if (this.certain?.startsWith('utf-16')) return this.certain;
    if (this.hasZero) return undefined;
    return this.validUtf8 && this.rest.length === 0 ? 'utf-8' : (this.certain ?? 'windows-1252');
  }
}

/** How many bytes at the end begin a UTF-8 character that is not complete. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

/** 0x80 to 0x9f, where Windows-1252 differs from Latin-1; five of them stand for nothing, and stay. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

interface Decoder {
  decode(chunk?: Buffer): string;
}

/** Node's own decoder takes Windows-1252 for Latin-1. */
const windows: Decoder = {
  decode: (chunk) =>
    chunk === undefined
      ? ''
      : chunk.toString('latin1').replace(/[\x80-\x9f]/g, (c) => WINDOWS.charAt(c.charCodeAt(0) - 0x80)),
};

function decoderFor(encoding: CsvEncoding): Decoder {
  if (encoding === 'windows-1252') return windows;
  const decoder = new TextDecoder(encoding);
  return { decode: (chunk) => decoder.decode(chunk, { stream: chunk !== undefined }) };
}

/** Turns chunks of bytes into text. A character may be cut by their border; a byte order mark is left out. */
export async function* decoded(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  encoding: CsvEncoding,
): AsyncGenerator<string> {
  const decoder = decoderFor(encoding);
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk);
    if (text) yield text;
  }
  const last = decoder.decode();
  if (last) yield last;
}
