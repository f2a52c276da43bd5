import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import type { Uuid } from '../context';
import { withEntityTag } from './entity-tag';
import { IdempotencyKeys, type Exchange } from './idempotency-keys';
import { IdempotentEffects } from './idempotent-effects';
import { scopeOf, type KnownRequest } from './request';
import { ROUTE, type RouteOptions } from './route';

/**
 * What is around every guarded handler, from outside to inside: the version of what is answered, the same answer to the same
 * request, and one transaction, bound to the caller's organization and committed before the answer goes out; a GET cannot
 * write. One interceptor and not three: each costs every request several promises.
 */
@Injectable()
export class ExchangeInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: IdempotencyKeys,
    private readonly effects: IdempotentEffects,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<KnownRequest>();
    const scope = scopeOf(request);
    if (!scope) return next.handle();
    const route = this.reflector.get<RouteOptions>(ROUTE, context.getHandler());
    return from(this.exchange({ request, reply: http.getResponse<FastifyReply>(), route, scope }, next));
  }

  private async exchange(exchange: Exchange, next: CallHandler): Promise<unknown> {
    const { request, reply, route, scope } = exchange;
    const handler = () => firstValueFrom(next.handle(), { defaultValue: undefined }) as Promise<unknown>;
    const body = await this.keys.handle(exchange, () =>
      route.ownTransactions
        ? handler()
        : this.effects.once({ ...scope, readOnly: request.method === 'GET' }, handler),
    );
    return withEntityTag(body, request, reply, {
      orgId: route.answersOrganization ? (body as { readonly id: Uuid }).id : scope.orgId,
      changesUncounted: route.changesUncounted,
    });
  }
}
