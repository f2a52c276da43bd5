import { objectOf, objectsOf, textOf } from './graph-api';
import type { GraphHttp } from './graph-http';

type Json = Readonly<Record<string, unknown>>;

const PAGE = '100';
/** More than any account has (6,000 templates at most): a list that goes on is not believed. */
const MOST_PAGES = 100;

/** The list went on and on, or stood still. */
class OddGraphPages extends Error {
  constructor() {
    super('the pages of the provider do not end');
  }
}

/**
 * All objects of a list, page after page. The next page is asked for by its cursor at the same address: where an answer
 * says it is, nobody goes with the token. Throws what {@link GraphHttp} throws.
 */
export async function allOf(
  http: GraphHttp,
  path: string,
  token: string,
  query: Readonly<Record<string, string>>,
): Promise<Json[]> {
  const items: Json[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await http.request({
      path,
      token,
      query: { ...query, limit: PAGE, ...(cursor === undefined ? {} : { after: cursor }) },
    });
    items.push(...objectsOf(answer['data']));
    const paging = objectOf(answer['paging']);
    const next = textOf(objectOf(paging['cursors'])['after']);
    if (textOf(paging['next']) === undefined || next === undefined) return items;
    if (next === cursor) break;
    cursor = next;
  }
  throw new OddGraphPages();
}
