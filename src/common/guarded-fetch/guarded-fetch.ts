import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { boundedBody } from './bounded-body';
import { FetchFailed, FetchRefused } from './fetch-errors';
import { allowedUrl, type AllowedUrl, type FetchCredentials, type FetchRules } from './fetch-rules';
import { pinnedLookup, resolveName, type ResolveName } from './pinned-lookup';

const MAX_REDIRECTS = 3;
const MAX_HEADER_BYTES = 16_384;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** How much of one thing is taken, and for how long. */
export interface FetchBounds {
  readonly maxBytes: number;
  /** From the first look-up to the last byte. */
  readonly totalMs?: number;
  /** Until a connection stands, TLS included. */
  readonly connectMs?: number;
}

/** What was found. */
export interface Fetched {
  /** As the other side declares it; null where it does not. */
  readonly contentType: string | null;
  readonly disposition: string | null;
  /** Ends with {@link FetchRefused} or {@link FetchFailed} when it is too long or too slow. Must be read or destroyed. */
  readonly body: Readable;
}

interface Attempt {
  readonly rules: FetchRules;
  readonly bounds: Required<FetchBounds>;
  readonly signal: AbortSignal;
}

/**
 * Fetches what somebody else named, without being led to where they could not go themselves: https to public addresses, by
 * rules that every redirect has to pass, to the very address that was checked, bounded in time and size. Never inside a
 * transaction.
 */
@Injectable()
export class GuardedFetch {
  /** Replaced in tests. */
  resolve: ResolveName = resolveName;

  /** Throws {@link FetchRefused} and {@link FetchFailed}. */
  async get(
    address: string,
    rules: FetchRules,
    { maxBytes, totalMs = 60_000, connectMs = 5_000 }: FetchBounds,
  ): Promise<Fetched> {
    // One clock for everything: a body that trickles is cut off as well.
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), totalMs);
    const attempt = { rules, bounds: { maxBytes, totalMs, connectMs }, signal: clock.signal };
    try {
      const response = await this.follow(address, attempt);
      const body = boundedBody(response, {
        maxBytes,
        signal: clock.signal,
        onEnd: () => clearTimeout(timer),
      });
      return {
        contentType: response.headers['content-type'] ?? null,
        disposition: response.headers['content-disposition'] ?? null,
        body,
      };
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  }

  private async follow(address: string, attempt: Attempt): Promise<http.IncomingMessage> {
    let target = allowedUrl(address, attempt.rules);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await this.request(target, attempt);
      const { statusCode = 0, headers } = response;
      if (!REDIRECTS.has(statusCode)) return usable(response, attempt.bounds.maxBytes);
      response.destroy();
      target = allowedUrl(headers.location ?? '', attempt.rules, target.url);
    }
    throw new FetchRefused('too_many_redirects');
  }

  private async request(target: AllowedUrl, attempt: Attempt): Promise<http.IncomingMessage> {
    const lookup = await beforeAbort(pinnedLookup(target, this.resolve), attempt.signal);
    return answer(target.url, lookup, attempt);
  }
}

function isShownTo({ origin, pathname }: URL, { origins, paths }: FetchCredentials): boolean {
  return origins.includes(origin) && (paths?.test(pathname) ?? true);
}

function headersFor(url: URL, { credentials }: FetchRules): http.OutgoingHttpHeaders {
  return {
    accept: '*/*',
    // What is counted is what is kept: nothing is unpacked.
    'accept-encoding': 'identity',
    'user-agent': 'frontdesk',
    ...(credentials && isShownTo(url, credentials) ? { authorization: credentials.authorization } : {}),
  };
}

function answer(
  url: URL,
  lookup: LookupFunction,
  { rules, bounds, signal }: Attempt,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    // A connection of its own: one that was kept might lead to an address that another call had checked.
    const outgoing = request(url, {
      agent: false,
      lookup,
      signal,
      headers: headersFor(url, rules),
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    const connecting = setTimeout(() => outgoing.destroy(new FetchFailed('timed_out')), bounds.connectMs);
    outgoing.once('socket', (socket) =>
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting)),
    );
    outgoing.once('close', () => clearTimeout(connecting));
    outgoing.once('response', resolve);
    outgoing.on('error', (error) => reject(failureOf(error, signal)));
    outgoing.end();
  });
}

function failureOf(error: Error, signal: AbortSignal): FetchFailed {
  if (error instanceof FetchFailed) return error;
  return new FetchFailed(signal.aborted ? 'timed_out' : 'unreachable');
}

/** An answer with a body as it is, of a length that is taken. Throws {@link FetchRefused} and {@link FetchFailed}. */
function usable(response: http.IncomingMessage, maxBytes: number): http.IncomingMessage {
  const { statusCode = 0, headers } = response;
  const problem = problemOf(statusCode, headers, maxBytes);
  if (problem === undefined) return response;
  response.destroy();
  throw problem;
}

function problemOf(
  status: number,
  headers: http.IncomingHttpHeaders,
  maxBytes: number,
): FetchRefused | FetchFailed | undefined {
  if (status === 404 || status === 410) return new FetchRefused('not_found');
  if (status === 401 || status === 403) return new FetchRefused('not_permitted');
  if (status !== 200) return new FetchFailed('bad_answer');
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return new FetchRefused('not_plain');
  if (Number(headers['content-length'] ?? 0) > maxBytes) return new FetchRefused('too_large');
  return undefined;
}

/** A look-up cannot be called off: it is left to itself. */
function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = deferred<never>();
  const onAbort = (): void => reject(new FetchFailed('timed_out'));
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', onAbort));
}

function deferred<T>(): { promise: Promise<T>; reject: (error: Error) => void } {
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((_, refuse) => (reject = refuse));
  return { promise, reject };
}
