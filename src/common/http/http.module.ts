import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AuthenticationGuard, PermissionGuard } from './access.guard';
import { ExchangeInterceptor } from './exchange.interceptor';
import { IdempotencyKeys } from './idempotency-keys';
import { IdempotentEffects } from './idempotent-effects';
import { KeptAnswers } from './kept-answers';
import { Cursors } from './page';
import { RateLimitGuard } from './rate-limit.guard';
import { ProblemFilter } from './problem.filter';
import { validationPipe } from './validation';

/** What every route has in common. The order is the request's way: who, too often, may they, version, same answer twice, transaction. */
@Global()
@Module({
  providers: [
    ProblemFilter,
    Cursors,
    IdempotencyKeys,
    IdempotentEffects,
    KeptAnswers,
    { provide: APP_FILTER, useExisting: ProblemFilter },
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
    { provide: APP_INTERCEPTOR, useClass: ExchangeInterceptor },
    { provide: APP_PIPE, useFactory: validationPipe },
  ],
  exports: [Cursors, IdempotentEffects, ProblemFilter],
})
export class HttpModule {}
