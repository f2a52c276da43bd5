import { BadRequest } from '../errors';
import { refuseUnstorable } from './storable-text';

/** Far more than any request here needs; checking and refusing what is larger would keep the process from its work. */
const MAX_DEPTH = 16;
const MAX_VALUES = 2_000;

/** Not JSON, no object, or one that is built to be expensive. */
export class MalformedJson extends BadRequest {
  readonly code = 'malformed_request';
  constructor() {
    super('The body must be a JSON object of moderate size.');
  }
}

/**
 * Reads a body as JSON. An empty one is undefined. Throws {@link MalformedJson} for what is no object, and for depth and
 * numbers of values that only an attack has: validation walks every one of them several times. Throws `UnstorableText` for
 * text that no column takes.
 */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = body.toString('utf8');
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedJson();
  refuseExpensive(value);
  // Only an escape brings such characters into JSON that can be read.
  if (text.includes('\\u')) refuseUnstorable(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MalformedJson();
  }
}

function refuseExpensive(root: object): void {
  let level: unknown[] = [root];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > MAX_DEPTH || values > MAX_VALUES) throw new MalformedJson();
    level = level.flatMap((value): unknown[] => (value instanceof Object ? Object.values(value) : []));
  }
}
