import { randomBytes } from 'node:crypto';

/** A new Twilio SID: the two-letter prefix and 32 hex digits. */
export function newSid(prefix: 'AC' | 'SM' | 'MM' | 'RQ'): string {
  return prefix + randomBytes(16).toString('hex');
}

/** A new auth token: 32 hex digits. */
export function newAuthToken(): string {
  return randomBytes(16).toString('hex');
}
