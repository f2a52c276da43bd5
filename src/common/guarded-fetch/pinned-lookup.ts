import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { FetchFailed, FetchRefused } from './fetch-errors';
import type { AllowedUrl } from './fetch-rules';
import { isPublicAddress } from './public-address';

/** Finds all addresses of a name. */
export type ResolveName = (host: string) => Promise<readonly LookupAddress[]>;

/** As every program of this machine does: hosts file, then DNS. */
export const resolveName: ResolveName = (host) => lookup(host, { all: true, verbatim: true });

/**
 * Resolves the name once, refuses it when any of its addresses is not public, and returns the look-up for the connection,
 * which answers what was checked: a name that changes its mind meanwhile is not asked again. Throws {@link FetchRefused} and
 * {@link FetchFailed}.
 */
export async function pinnedLookup(
  { url, isTrusted }: AllowedUrl,
  resolve: ResolveName,
): Promise<LookupFunction> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family > 0 ? [{ address: host, family }] : await resolved(host, resolve);
  if (!isTrusted && !addresses.every(({ address }) => isPublicAddress(address)))
    throw new FetchRefused('address_not_public');
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };
}

async function resolved(host: string, resolve: ResolveName): Promise<readonly LookupAddress[]> {
  const addresses = await resolve(host).catch(() => []);
  if (addresses.length === 0) throw new FetchFailed('unreachable');
  return addresses;
}
