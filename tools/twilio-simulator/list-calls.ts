import { TwilioError } from './errors';
import { given } from './http-io';
import { callResource, type PhoneCall } from './phone-call';
import type { Json } from './resources';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;
const FILTERS = ['To', 'From', 'ParentCallSid', 'StartTime<', 'StartTime>'];

/**
 * One page of a list of calls, as Twilio answers it.
 * @param calls all calls of the account, newest first
 * @throws TwilioError 20001 for a date, page size or page token that can't be read
 */
export function callPage(calls: readonly PhoneCall[], path: string, query: URLSearchParams): Json {
  const size = Math.min(whole(query, 'PageSize', DEFAULT_PAGE, 1), LARGEST_PAGE);
  const page = whole(query, 'Page', 0, 0);
  const found = calls.filter(filterOf(query));
  const start = startOfPage(found, query.get('PageToken'), page * size);
  const rows = found.slice(start, start + size);
  const last = rows.at(-1);
  const link = (number: number, token?: string): string => pageUri(path, query, size, number, token);
  return {
    calls: rows.map(callResource),
    ...{ page, page_size: size, start: page * size, end: page * size + Math.max(rows.length - 1, 0) },
    uri: link(page, query.get('PageToken') ?? undefined),
    first_page_uri: link(0),
    next_page_uri: last && start + size < found.length ? link(page + 1, `PA${last.sid}`) : null,
    previous_page_uri: null,
  };
}

/** A token names the call that the page comes after, so that calls coming in between two pages move nothing. */
function startOfPage(found: readonly PhoneCall[], token: string | null, start: number): number {
  if (token === null) return start;
  const at = found.findIndex(({ sid }) => token === `PA${sid}`);
  if (at === -1) throw new TwilioError(400, 20001, 'Invalid PageToken');
  return at + 1;
}

function filterOf(query: URLSearchParams): (call: PhoneCall) => boolean {
  const [to, from, parent] = ['To', 'From', 'ParentCallSid'].map((name) => given(query, name));
  const [before, after] = ['StartTime<', 'StartTime>'].map((name) => time(given(query, name)));
  return (call) => {
    // Twilio keeps seconds.
    const started = Math.floor((call.startedAt ?? call.createdAt).getTime() / 1000) * 1000;
    return (
      (!to || call.to === to) &&
      (!from || call.from === from) &&
      (!parent || call.parentCallSid === parent) &&
      (before === null || before === undefined || started <= before) &&
      (after === null || after === undefined || started >= after)
    );
  };
}

function time(text: string | null): number | null {
  if (text === null) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new TwilioError(400, 20001, `Invalid StartTime: ${text}`);
  return at;
}

function whole(query: URLSearchParams, name: string, fallback: number, low: number): number {
  const text = given(query, name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < low)
    throw new TwilioError(400, 20001, `Invalid ${name}: ${text}`);
  return Number(text);
}

function pageUri(path: string, query: URLSearchParams, size: number, page: number, token?: string): string {
  const kept = FILTERS.flatMap((name): [string, string][] => {
    const value = query.get(name);
    return value ? [[name, value]] : [];
  });
  const link = new URLSearchParams([...kept, ['PageSize', String(size)], ['Page', String(page)]]);
  if (token !== undefined) link.set('PageToken', token);
  return `${path}?${link.toString()}`;
}
