import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { BadRequest } from '../errors';
import { IdempotentEffects } from './idempotent-effects';
import { KeptAnswers, type KeyedRequest } from './kept-answers';
import { routeOf, scopeOf, type KnownRequest } from './request';
import { ROUTE, type RouteOptions } from './route';

/** The header holds nothing, or too much. */
export class BadIdempotencyKey extends BadRequest {
  readonly code = 'bad_idempotency_key';
  constructor() {
    super('Idempotency-Key takes 1 to 255 characters.');
  }
}

/** Honours `Idempotency-Key` on routes that say so. Runs around {@link OrgTransactionInterceptor}. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly effects: IdempotentEffects,
    private readonly answers: KeptAnswers,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<KnownRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    const route = this.reflector.get<RouteOptions>(ROUTE, context.getHandler());
    if (!route.idempotent) return next.handle();
    if (typeof key !== 'string' || key.length === 0 || key.length > 255) throw new BadIdempotencyKey();
    return from(this.handle(key, request, http.getResponse<FastifyReply>(), route, next));
  }

  private async handle(
    key: string,
    request: KnownRequest,
    reply: FastifyReply,
    { idempotent, ownTransactions = false }: RouteOptions,
    next: CallHandler,
  ): Promise<unknown> {
    const scope = scopeOf(request);
    if (!scope) throw new Error('a public route has no organization to keep its answer in');
    const { replayed, body } = await this.effects.handle(
      this.keyed(key, request),
      {
        scope,
        status: () => reply.statusCode,
        isSealed: idempotent === 'sealed',
        looksFirst: ownTransactions,
      },
      () => firstValueFrom(next.handle(), { defaultValue: undefined }),
    );
    if (!replayed) return body;
    void reply.status(replayed.status).header('idempotent-replayed', 'true');
    return replayed.body;
  }

  /** The caller, the address and the body make two requests the same. */
  private keyed(key: string, request: KnownRequest): KeyedRequest {
    const { principal, url, body } = request;
    const fingerprint = this.answers.fingerprint([
      principal?.actor.type,
      principal?.actor.id,
      url,
      body ?? null,
    ]);
    return { operation: routeOf(request), key, fingerprint };
  }
}
