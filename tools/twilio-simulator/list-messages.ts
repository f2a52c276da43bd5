import { TwilioError } from './errors';
import { given } from './http-io';
import type { Message } from './model';
import { messageResource } from './resources';
import type { Json } from './resources';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;
const DAY = 24 * 3600 * 1000;
const FILTERS = ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>'];

/**
 * One page of a message list, as Twilio answers it.
 * @param messages all messages of the account, newest first
 * @throws TwilioError 20001 for a date, page size or page token that can't be read
 */
export function messagePage(messages: Message[], path: string, query: URLSearchParams): Json {
  const size = Math.min(whole(query, 'PageSize', DEFAULT_PAGE, 1), LARGEST_PAGE);
  const page = whole(query, 'Page', 0, 0);
  const found = messages.filter(filterOf(query));
  const start = startOfPage(found, query.get('PageToken'), page, size);
  const rows = found.slice(start, start + size);
  const last = rows.at(-1);
  const first = rows.at(0);
  const link = (number: number, token?: string): string => pageUri(path, query, size, number, token);
  return {
    end: page * size + Math.max(rows.length - 1, 0),
    first_page_uri: link(0),
    messages: rows.map(messageResource),
    next_page_uri: last && start + size < found.length ? link(page + 1, `PA${last.sequence}`) : null,
    page,
    page_size: size,
    previous_page_uri: first && start > 0 ? link(Math.max(page - 1, 0), `PB${first.sequence}`) : null,
    start: page * size,
    uri: link(page, query.get('PageToken') ?? undefined),
  };
}

/**
 * Where the page begins. A token names its neighbour (`PA…` is followed by, `PB…` is preceded by), so
 * that messages arriving between two pages move nothing.
 */
function startOfPage(found: Message[], token: string | null, page: number, size: number): number {
  if (token === null) return page * size;
  const sequence = Number(/^P[AB](\d{1,15})$/.exec(token)?.[1] ?? NaN);
  if (Number.isNaN(sequence)) throw new TwilioError(400, 20001, 'Invalid PageToken');
  const at = found.findIndex(({ sequence: own }) =>
    token.startsWith('PA') ? own < sequence : own <= sequence,
  );
  const index = at === -1 ? found.length : at;
  return token.startsWith('PA') ? index : Math.max(index - size, 0);
}

function filterOf(query: URLSearchParams): (message: Message) => boolean {
  const to = given(query, 'To');
  const from = given(query, 'From');
  const on = range(given(query, 'DateSent'));
  const before = range(given(query, 'DateSent<'));
  const after = range(given(query, 'DateSent>'));
  return (message) => {
    if (to !== null && message.to !== to) return false;
    if (from !== null && message.from !== from) return false;
    const sent = sentSecond(message);
    // `DateSent` alone names a whole day, even if the SDK writes it with a time.
    if (on && Math.floor(sent / DAY) !== Math.floor(on.from / DAY)) return false;
    return (!before || sent <= before.to) && (!after || sent >= after.from);
  };
}

/** Twilio keeps seconds. A message that isn't sent yet is found by its creation. */
function sentSecond(message: Message): number {
  const time = (message.sentAt ?? message.createdAt).getTime();
  return time - (time % 1000);
}

/** The moment or, for a date without a time, the day (UTC) that a filter names; both ends belong to it. */
function range(text: string | null): { from: number; to: number } | null {
  if (text === null) return null;
  const from = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(from)) throw new TwilioError(400, 20001, `Invalid DateSent: ${text}`);
  return { from, to: text.length === 10 ? from + DAY - 1 : from };
}

function whole(query: URLSearchParams, name: string, fallback: number, low: number): number {
  const text = given(query, name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < low) {
    throw new TwilioError(400, 20001, `Invalid ${name}: ${text}`);
  }
  return Number(text);
}

function pageUri(path: string, query: URLSearchParams, size: number, page: number, token?: string): string {
  const link = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query.get(name);
    if (value) link.set(name, value);
  }
  link.set('PageSize', String(size));
  link.set('Page', String(page));
  if (token !== undefined) link.set('PageToken', token);
  return `${path}?${link.toString()}`;
}
