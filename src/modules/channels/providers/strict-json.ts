/** The deepest deliveries of providers (Meta: flows, orders) stay far below. */
const MAX_DEPTH = 24;
/** Far more than the thousand updates of Meta's largest; what is built of more keeps the process from its work. */
const MAX_VALUES = 200_000;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Reads a JSON object that says one thing only: exact UTF-8, no name twice in one object, of moderate depth and size. Undefined for
 * anything else. What stands twice would be read otherwise by whoever reads the log.
 */
export function readStrictJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    // Before parsing: depth costs the parser its stack.
    if (!isPlain(text)) return undefined;
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * One pass over the text: where it is no JSON the parser says so afterwards. Throws for an escape that is none. A text is read as a
 * name once, where its colon follows: otherwise a body could have a long one read as often as it has colons.
 */
function isPlain(text: string): boolean {
  /** Names of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  /** Where the text stands that was read last; nowhere once something else followed. */
  let [start, end] = [0, 0];
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      [start, end] = [at, endOfText(text, at)];
      if (end < 0) return false;
      at = end;
    } else if (char === COLON) {
      if (!isNewName(text.slice(start, end + 1), open.at(-1))) return false;
      [start, end] = [0, 0];
    } else if (char === COMMA) {
      if (++values > MAX_VALUES) return false;
    } else if (char === OPEN_OBJECT || char === OPEN_ARRAY) {
      if (++values > MAX_VALUES) return false;
      if (open.push(char === OPEN_OBJECT ? new Set() : undefined) > MAX_DEPTH) return false;
    } else if (char === CLOSE_OBJECT || char === CLOSE_ARRAY) {
      open.pop();
    }
  }
  return true;
}

/** A name that PostgreSQL could not hold is refused: a text can be mended, but another name is another field. */
function isNewName(written: string, names: Set<string> | undefined): boolean {
  if (!names || !written.startsWith('"')) return false;
  const name = JSON.parse(written) as string;
  if (names.has(name) || name === '__proto__' || /[\0\p{Surrogate}]/u.test(name)) return false;
  names.add(name);
  return true;
}

function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === BACKSLASH) at++;
    else if (char === QUOTE) return at;
  }
  return -1;
}

/** The same with every text as PostgreSQL can hold it: NUL and halves of surrogate pairs become the replacement character. */
export function storable<T>(value: T): T {
  const text = JSON.stringify(value);
  if (!text.includes('\\u')) return value;
  return JSON.parse(text, (_name, part: unknown) =>
    typeof part === 'string' ? part.replace(/[\0\p{Surrogate}]/gu, '\ufffd') : part,
  ) as T;
}
