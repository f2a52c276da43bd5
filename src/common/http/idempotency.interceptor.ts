import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { newId } from '../context';
import { sha256 } from '../crypto';
import { Database } from '../database';
import { BadRequest, Conflict, Invalid } from '../errors';
import { routeOf, type KnownRequest } from './request';
import { ROUTE, type RouteOptions } from './route';

/** The header holds nothing, or too much. */
export class BadIdempotencyKey extends BadRequest {
  readonly code = 'bad_idempotency_key';
  constructor() {
    super('Idempotency-Key takes 1 to 255 characters.');
  }
}
/** The first request with this key has not been answered yet. */
export class IdempotentRequestRunning extends Conflict {
  readonly code = 'idempotent_request_running';
  constructor() {
    super('A request with this Idempotency-Key is still running.', { retryAfterSeconds: 1 });
  }
}
/** The key was used for something else. */
export class IdempotencyKeyReused extends Invalid {
  readonly code = 'idempotency_key_reused';
  constructor() {
    super('This Idempotency-Key was used with another request.');
  }
}

interface Kept extends Record<string, unknown> {
  fingerprint: string;
  response_status: number;
  response_body: unknown;
}

/**
 * Gives the same answer to the same request: the answer is kept in the transaction of the effect itself, so neither is
 * ever there without the other. Runs inside {@link OrgTransactionInterceptor}.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<KnownRequest>();
    const key = request.headers['idempotency-key'];
    if (!this.reflector.get<RouteOptions>(ROUTE, context.getHandler()).idempotent || key === undefined)
      return next.handle();
    if (typeof key !== 'string' || key.length === 0 || key.length > 255) throw new BadIdempotencyKey();
    return from(this.once(key, request, http.getResponse<FastifyReply>(), next));
  }

  private async once(
    key: string,
    request: KnownRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const { tx } = this.database;
    const operation = routeOf(request);
    const fingerprint = fingerprintOf(request);
    const lock = await tx.one<{ free: boolean }>(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free',
      [`idempotency:${tx.orgId}:${operation}:${key}`],
    );
    if (!lock?.free) throw new IdempotentRequestRunning();
    const kept = await tx.one<Kept>(
      'SELECT fingerprint, response_status, response_body FROM idempotency_keys WHERE org_id = $1 AND operation = $2 AND key = $3',
      [tx.orgId, operation, key],
    );
    if (kept) {
      if (kept.fingerprint !== fingerprint) throw new IdempotencyKeyReused();
      void reply.status(kept.response_status).header('idempotent-replayed', 'true');
      return kept.response_body;
    }
    const body: unknown = await firstValueFrom(next.handle(), { defaultValue: undefined });
    await tx.query(
      `INSERT INTO idempotency_keys (org_id, id, operation, key, fingerprint, response_status, response_body)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        tx.orgId,
        newId(),
        operation,
        key,
        fingerprint,
        reply.statusCode,
        body === undefined ? null : JSON.stringify(body),
      ],
    );
    return body;
  }
}

/** The caller, the address and the body: what makes two requests the same. */
function fingerprintOf({ principal, url, body }: KnownRequest): string {
  return sha256(JSON.stringify([principal?.actor.type, principal?.actor.id, url, body ?? null]));
}
