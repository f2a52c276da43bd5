import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 in hex. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Compares two texts in a time that tells nothing about where they differ. */
export function constantTimeEqual(a: string, b: string): boolean {
  // Digests first: timingSafeEqual needs equal lengths, and the lengths are nobody's business either.
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
