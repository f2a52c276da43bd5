import autocannon, { type Request } from 'autocannon';

/** What is sent: one request over and over, or a supply of different ones. */
export interface Load {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly request: Request;
}

/** Sends load and returns requests per second. Throws when anything but success came back: a fast failure is no figure. */
export async function requestsPerSecond({ url, seconds, connections, request }: Load): Promise<number> {
  const result = await autocannon({ url, duration: seconds, connections, requests: [request] });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${url} failed`);
  return result.requests.average;
}
