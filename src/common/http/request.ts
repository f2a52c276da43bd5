import type { FastifyRequest } from 'fastify';
import type { Principal } from '../auth';
import { asUuid, isUuid, type OrgScope } from '../context';

/** A request after the guards: who is calling is known. */
export interface KnownRequest extends FastifyRequest {
  principal?: Principal;
}

/** Verb and path pattern, such as `GET /api/v1/contacts/:id`; for logs, metrics and the audit trail. */
export function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? '(no route)'}`;
}

/**
 * The same with the ids that were asked for in their places, such as `GET /api/v1/contacts/0199…`. Ids alone: what else
 * somebody writes into an address may be personal.
 */
export function pathOf(request: FastifyRequest): string {
  const params = request.params as Readonly<Record<string, string | undefined>>;
  return routeOf(request).replaceAll(/:(\w+)/g, (pattern, name: string) => {
    const id = params[name]?.toLowerCase();
    return isUuid(id) ? id : pattern;
  });
}

/** The scope in which the caller's work runs; undefined on public routes. */
export function scopeOf(request: KnownRequest): OrgScope | undefined {
  const { principal } = request;
  if (!principal) return undefined;
  return { orgId: principal.orgId, actor: principal.actor, requestId: asUuid(request.id), pool: 'app' };
}
