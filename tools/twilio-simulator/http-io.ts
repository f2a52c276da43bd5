import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers requests; never throws. */
export interface Handler {
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
}

/** A parameter's value; absent and empty are the same to Twilio: null. */
export function given(params: URLSearchParams, name: string): string | null {
  const value = params.get(name);
  return value === '' ? null : value;
}

/** Where a request goes. What isn't a URL is no route either: it gets the REST API's 404. */
export function requestUrl({ url = '/' }: IncomingMessage): URL {
  try {
    return new URL(url, 'http://simulator');
  } catch {
    return new URL('http://simulator/');
  }
}

/** A request body was larger than its bound: HTTP 413. */
export class BodyTooLargeError extends Error {
  constructor(limit: number) {
    super(`the body is larger than ${limit} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * The whole body as text.
 * @throws BodyTooLargeError beyond `limit` bytes
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  return (await readBytes(request, limit)).toString('utf8');
}

/**
 * The whole body as it came.
 * @throws BodyTooLargeError beyond `limit` bytes
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    // The rest is read and dropped: the client hears 413 only once it has finished writing.
    if (size <= limit) chunks.push(bytes);
  }
  if (size > limit) throw new BodyTooLargeError(limit);
  return Buffer.concat(chunks);
}

/** Answers with JSON, unless the client is gone or was answered already. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  sendText(response, status, JSON.stringify(value), headers);
}

/** The same with what claims to be JSON. */
export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'application/json;charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
