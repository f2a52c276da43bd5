import { isIP } from 'node:net';

/** An address that can be stored; undefined for what a proxy passed on unchecked, and for zone ids (`fe80::1%eth0`). */
export function storableAddress(text: string): string | undefined {
  return isIP(text) !== 0 && !text.includes('%') ? text : undefined;
}
