import type { FastifyReply } from 'fastify';
import type { KnownRequest } from './request';

const NOT_MODIFIED = 304;

/**
 * Tells the row version of whatever has one as its `ETag`, the tag that `If-Match` takes; and spares the caller a body that
 * they hold already (`If-None-Match`, RFC 9110, 13.1.2), unless the answer `changesUncounted`: it shows something that can
 * change without its version. Returns what is to be sent.
 */
export function withEntityTag(
  body: unknown,
  request: KnownRequest,
  reply: FastifyReply,
  changesUncounted = false,
): unknown {
  const version = versionOf(body);
  if (version === undefined) return body;
  const tag = `"${version}"`;
  // Kept by the caller's own cache at most, and asked for again each time.
  void reply.header('etag', tag).header('cache-control', 'private, no-cache');
  const known = request.headers['if-none-match'];
  if (request.method !== 'GET' || changesUncounted || known === undefined || !names(known, tag)) return body;
  void reply.status(NOT_MODIFIED);
  return undefined;
}

function versionOf(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { version } = body as { readonly version?: unknown };
  return Number.isInteger(version) ? (version as number) : undefined;
}

/** Whether a list of entity tags names this one. Weak and strong ones count alike here. */
function names(list: string, tag: string): boolean {
  return list.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
}
