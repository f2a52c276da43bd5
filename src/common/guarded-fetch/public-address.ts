import ipaddr from 'ipaddr.js';

/** All of IPv6 that is given out for hosts of the Internet. What carries an IPv4 address within it lies outside, or is named below. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** Lie inside and lead elsewhere: 6to4 and Teredo carry an IPv4 address, the rest is for tests, pages and registries. */
const NOT_HOSTS = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((range) =>
  ipaddr.parseCIDR(range),
);

/**
 * True for an address of a host of the Internet: neither this machine nor a network behind it, no metadata service, no tunnel
 * that would lead there. An IPv4 address written as an IPv6 one counts as what it is.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv4') return address.range() === 'unicast';
  return (
    address.range() === 'unicast' &&
    address.match(GLOBAL_UNICAST) &&
    !NOT_HOSTS.some((range) => address.match(range))
  );
}
