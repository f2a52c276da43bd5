import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { IdempotentEffects } from './idempotent-effects';
import { scopeOf, type KnownRequest } from './request';
import { ROUTE, type RouteOptions } from './route';

/**
 * One transaction, bound to the caller's organization, around every guarded handler; committed before the answer goes out.
 * A GET cannot write.
 */
@Injectable()
export class OrgTransactionInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly effects: IdempotentEffects,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.reflector.get<RouteOptions>(ROUTE, context.getHandler());
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const scope = scopeOf(request);
    if (!scope || route.ownTransactions) return next.handle();
    return from(
      this.effects.once({ ...scope, readOnly: request.method === 'GET' }, () =>
        firstValueFrom(next.handle(), { defaultValue: undefined }),
      ),
    );
  }
}
