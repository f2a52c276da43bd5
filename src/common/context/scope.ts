import { newId, type Uuid } from './uuid';

/** Who acts. `id` is the user's or API key's id; a job or schedule acts as `system` without one. */
export interface Actor {
  readonly type: 'user' | 'api_key' | 'system' | 'assistant';
  readonly id: Uuid | null;
}

/**
 * Everything the database needs to know to serve one unit of work: whose data, on whose behalf, and the
 * request that caused it. The organization comes from a credential or from a job, never from a path or body.
 */
export interface OrgScope {
  readonly orgId: Uuid;
  readonly actor: Actor;
  readonly requestId: Uuid;
  /** `app` for requests, `service` for jobs and webhook intake. */
  readonly pool: 'app' | 'service';
  /** The work only reads: the database refuses to write, and is not told who to write it down for. */
  readonly readOnly?: boolean;
}

/** The scope of work that no person asked for directly: jobs, schedules, webhook intake. */
export function systemScope(orgId: Uuid, requestId: Uuid = newId()): OrgScope {
  return { orgId, actor: { type: 'system', id: null }, requestId, pool: 'service' };
}
