import { TwilioError } from './errors';
import { given } from './http-io';
import type { Content } from './model';
import { contentResource, type Json } from './resources';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;

/**
 * One page of content templates with their approvals, as Twilio's Content API answers it.
 * @param base the address of the list, to which the links lead
 * @throws TwilioError 20001 for a page or page size that can't be read
 */
export function contentPage(contents: Content[], base: string, query: URLSearchParams): Json {
  const size = whole(query, 'PageSize', DEFAULT_PAGE, 1);
  if (size > LARGEST_PAGE) throw new TwilioError(400, 20001, `Invalid PageSize: ${size}`);
  const page = whole(query, 'Page', 0, 0);
  const link = (number: number): string => {
    const token = number === 0 ? '' : `&PageToken=PT${number}`;
    return `${base}?PageSize=${size}&Page=${number}${token}`;
  };
  return {
    contents: contents.slice(page * size, (page + 1) * size).map(contentResource),
    meta: {
      first_page_url: link(0),
      key: 'contents',
      next_page_url: (page + 1) * size < contents.length ? link(page + 1) : null,
      page,
      page_size: size,
      previous_page_url: page > 0 ? link(page - 1) : null,
      url: link(page),
    },
  };
}

function whole(query: URLSearchParams, name: string, fallback: number, low: number): number {
  const text = given(query, name);
  if (text === null) return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < low) {
    throw new TwilioError(400, 20001, `Invalid ${name}: ${text}`);
  }
  return Number(text);
}
