import type { FastifyReply } from 'fastify';
import { isUuid, type Uuid } from '../context';
import type { KnownRequest } from './request';

const NOT_MODIFIED = 304;

/** A version, and the organization that it belongs to. */
export interface TaggedVersion {
  readonly orgId: Uuid;
  readonly version: number;
}

/** What an answer is about, and what its tag promises. */
export interface Tagging {
  /** The organization whose the answer is. */
  readonly orgId: Uuid;
  /** The answer shows something that can change without its version: `If-None-Match` is not honoured. */
  readonly changesUncounted?: boolean | undefined;
}

/**
 * `"<organization id>.<version>"`. Addresses such as `/organization` are the same in all organizations, so the version alone
 * would be one organization's word for another's row: in the cache of whoever switched between them, and in `If-Match`.
 */
export function entityTag({ orgId, version }: TaggedVersion): string {
  return `"${orgId}.${version}"`;
}

/** Undoes {@link entityTag}; undefined when it is not such a tag. */
export function parseEntityTag(tag: string): TaggedVersion | undefined {
  const [, orgId, version] = /^"([^".]{36})\.([1-9]\d{0,9})"$/.exec(tag) ?? [];
  return isUuid(orgId) ? { orgId, version: Number(version) } : undefined;
}

/**
 * Tells the row version of whatever has one as its `ETag`, the tag that `If-Match` takes; and spares the caller a body that
 * they hold already (`If-None-Match`, RFC 9110, 13.1.2). Returns what is to be sent.
 */
export function withEntityTag(
  body: unknown,
  request: KnownRequest,
  reply: FastifyReply,
  { orgId, changesUncounted = false }: Tagging,
): unknown {
  const version = versionOf(body);
  if (version === undefined) return body;
  const tag = entityTag({ orgId, version });
  // Kept by the caller's own cache at most, for this credential alone, and asked for again each time.
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache', vary: 'Authorization' });
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
