import { isIP } from 'node:net';
import { FetchRefused } from './fetch-errors';

/** Which addresses may be fetched, and what is shown to whom. */
export interface FetchRules {
  /** `name`, or `*.name` for all below it; undefined: every public host. */
  readonly hosts?: readonly string[];
  /**
   * Scheme, host and port that the operator configured: need neither https nor a public address, such as a stand-in on this
   * machine. Nothing else at that host is trusted.
   */
  readonly trustedOrigins?: readonly string[];
  readonly credentials?: FetchCredentials;
}

/** Shown to these origins and to no other, whatever they redirect to; there for these paths, where they are named. */
export interface FetchCredentials {
  readonly origins: readonly string[];
  readonly paths?: RegExp;
  readonly authorization: string;
}

/** An address that the rules let pass. */
export interface AllowedUrl {
  readonly url: URL;
  /** The address behind the name need not be public. */
  readonly isTrusted: boolean;
}

/** Reads an address, absolute or as a redirect tells it, and asks the rules. Throws {@link FetchRefused}. */
export function allowedUrl(text: string, rules: FetchRules, base?: URL): AllowedUrl {
  if (!URL.canParse(text, base?.href)) throw new FetchRefused('url_not_allowed');
  // Parsed once, by the rules of browsers: what is checked is what is connected to, however a number was written.
  const url = new URL(text, base);
  if (url.username !== '' || url.password !== '') throw new FetchRefused('url_not_allowed');
  if (rules.trustedOrigins?.includes(url.origin)) return { url, isTrusted: true };
  // The parser leaves the port out where it is that of the scheme: 443.
  const isOpen = url.protocol === 'https:' && url.port === '' && isAllowedHost(url.hostname, rules.hosts);
  if (!isOpen) throw new FetchRefused('url_not_allowed');
  return { url, isTrusted: false };
}

function isAllowedHost(host: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return isPublicName(host);
  return allowed.some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name));
}

/** An address in numbers is checked as one later; a name without a dot is one of the own network. */
function isPublicName(host: string): boolean {
  const literal = host.replace(/^\[|\]$/g, '');
  return isIP(literal) > 0 || (/[^.]\.[^.]/.test(host) && !/(^|\.)localhost\.?$/.test(host));
}
