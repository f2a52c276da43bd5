import { isIP } from 'node:net';

/**
 * What one client has: an IPv4 address, or the /64 of an IPv6 address, within which anyone can take as many addresses as
 * they like.
 */
export function clientNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [mapped] = /\d+\.\d+\.\d+\.\d+$/.exec(address) ?? [];
  if (mapped) return mapped;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0');
  const groups = [...head, ...zeros, ...tail].slice(0, 4);
  return groups.map((group) => parseInt(group, 16).toString(16)).join(':');
}

/** An address that can be stored; undefined for what a proxy passed on unchecked, and for zone ids (`fe80::1%eth0`). */
export function storableAddress(text: string): string | undefined {
  return isIP(text) !== 0 && !text.includes('%') ? text : undefined;
}
