import { randomFillSync } from 'node:crypto';

const BYTES = 16;
/** Randomness for many ids at a time: fetching it costs more than all else that an id takes. */
const pool = Buffer.alloc(256 * BYTES);
let used = pool.length;

function random(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES;
  return pool.toString('hex', used - BYTES, used);
}

/** A new Twilio SID: the two-letter prefix and 32 hex digits. */
export function newSid(prefix: 'AC' | 'CA' | 'MG' | 'HX' | 'SM' | 'MM' | 'ME' | 'RE' | 'RQ'): string {
  return prefix + random();
}

/** A new auth token: 32 hex digits. */
export function newAuthToken(): string {
  return random();
}
