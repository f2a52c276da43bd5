import { freePort } from '../../tools/embedded';
import { requestsPerSecond } from './load';
import { alternate, type Comparison } from './measure';
import { startProcess, type ServerProcess } from './process';
import { POOL_SIZE, type Book } from './world';

const RUNS = 9;
const SECONDS = 3;
const CONNECTIONS = 32;

/** The product, serving requests for a book. */
export function startApi(book: Book): Promise<ServerProcess> {
  return startProcess(
    '../src/main.js',
    { ...book.env, ROLE: 'api' },
    book.env['PUBLIC_URL'] ?? '',
    '/health/live',
  );
}

/** Requests per second of a list, with the key of the book. */
export function listing(url: string, book: Book, path: string) {
  return (seconds = SECONDS): Promise<number> =>
    requestsPerSecond({
      url,
      seconds,
      connections: CONNECTIONS,
      request: { method: 'GET', path, headers: { authorization: `Bearer ${book.apiKey}` } },
    });
}

/** A figure would mean nothing if the two did not do the same. */
async function expectSameAnswer(book: Book, path: string, ...urls: readonly string[]): Promise<void> {
  const answers = urls.map(async (url) => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${book.apiKey}` } });
    const { items } = (await response.json()) as { items: unknown[] };
    if (items.length !== 50) throw new Error(`${path} gives ${items.length} items`);
    return JSON.stringify(items);
  });
  const [product, baseline] = await Promise.all(answers);
  if (product !== baseline) throw new Error(`product and baseline answer ${path} differently`);
}

/** Runs two loads in turn, each once before for no more than to warm it up. */
async function inTurn(
  product: (seconds?: number) => Promise<number>,
  baseline: (seconds?: number) => Promise<number>,
): Promise<Comparison> {
  await product(2);
  await baseline(2);
  return alternate(RUNS, product, baseline);
}

/**
 * A list of 50: signed in by API key, validated, in an org-scoped transaction under row-level security, against node:http and pg
 * with an explicit filter and neither. Requests per second.
 */
export async function listAgainstNode(book: Book, path: string): Promise<Comparison> {
  const port = await freePort(0);
  const api = await startApi(book);
  const baseline = await startProcess(
    'baseline/server.js',
    { DATABASE_URL: book.adminUrl, POOL_SIZE: String(POOL_SIZE), PORT: String(port), ORG_ID: book.orgId },
    `http://127.0.0.1:${port}`,
    '/',
  );
  try {
    await expectSameAnswer(book, path, api.url, baseline.url);
    return await inTurn(listing(api.url, book, path), listing(baseline.url, book, path));
  } finally {
    await Promise.all([api.stop(), baseline.stop()]);
  }
}

/** The same list of the same length, of a small book against a large one: by how much it gets slower. Requests per second. */
export async function listAsItGrows(small: Book, large: Book, path: string): Promise<Comparison> {
  const [before, after] = await Promise.all([startApi(small), startApi(large)]);
  try {
    return await inTurn(listing(before.url, small, path), listing(after.url, large, path));
  } finally {
    await Promise.all([before.stop(), after.stop()]);
  }
}
