/** Meta's deepest deliveries (flows, orders) stay far below. */
const MAX_DEPTH = 24;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads a JSON object that says one thing only: exact UTF-8, no name twice in one object, of moderate depth. Undefined for
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

/** One pass over the text: where it is no JSON the parser says so afterwards. Throws for an escape that is none. */
function isPlain(text: string): boolean {
  /** Names of each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      const end = endOfText(text, at);
      if (end < 0) return false;
      last = text.slice(at, end + 1);
      at = end;
    } else if (char === 0x7b || char === 0x5b) {
      if (open.push(char === 0x7b ? new Set() : undefined) > MAX_DEPTH) return false;
    } else if (char === 0x7d || char === 0x5d) {
      open.pop();
    } else if (char === 0x3a) {
      const names = open.at(-1);
      const name = JSON.parse(last) as string;
      if (!names || names.has(name) || name === '__proto__') return false;
      names.add(name);
    }
  }
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
