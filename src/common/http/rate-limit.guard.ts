import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { Config } from '../config';
import { TooManyRequests } from '../errors';
import { Metrics } from '../metrics';
import { Allowances } from '../time/allowance';
import { Clock } from '../time/clock';
import { clientNetwork } from './client-address';
import type { KnownRequest } from './request';
import { ROUTE, type RouteOptions } from './route';

/** More requests than one caller, or one address, has in a minute. */
export class RateLimitExceeded extends TooManyRequests {
  readonly code = 'rate_limit_exceeded';
  constructor(retryAfterSeconds: number) {
    super('Too many requests. Try again in a moment.', { retryAfterSeconds });
  }
}

/** `perMinute` requests at once for each key, and as many again each minute; told in the answer's headers. */
class Limit {
  private readonly allowances: Allowances;
  private readonly policy: string;

  constructor(
    readonly name: 'default' | 'address',
    private readonly perMinute: number,
    private readonly clock: Clock,
  ) {
    this.allowances = new Allowances({ size: perMinute, perMinute });
    this.policy = `"${name}";q=${perMinute};w=60`;
  }

  /**
   * Takes one of the requests of `key`; the seconds to wait where there is none. Headers as in
   * draft-ietf-httpapi-ratelimit-headers-10: policy, what is left, and when everything is there again.
   */
  take(key: string, reply: FastifyReply): number | undefined {
    const now = this.clock.elapsed();
    const own = this.allowances.of(key, now);
    const isGranted = own.take(now);
    void reply.header('ratelimit-policy', this.policy);
    void reply.header(
      'ratelimit',
      `"${this.name}";r=${own.leftAt(now)};t=${own.secondsUntil(this.perMinute)}`,
    );
    return isGranted ? undefined : own.secondsUntil(1);
  }
}

/**
 * Limits how often each API key and each user calls, and each client address where nobody needs to be known. Counted in this
 * process alone, in memory: it is asked before every request. Comes after who is calling is proven: nobody uses up what is
 * another's, and nobody gets more by calling themselves otherwise.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly callers: Limit;
  private readonly addresses: Limit;

  constructor(
    { rateLimits }: Config,
    private readonly reflector: Reflector,
    private readonly metrics: Metrics,
    clock: Clock,
  ) {
    this.callers = new Limit('default', rateLimits.perCaller, clock);
    this.addresses = new Limit('address', rateLimits.perAddress, clock);
  }

  canActivate(context: ExecutionContext): boolean {
    const route = this.reflector.get<RouteOptions>(ROUTE, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<KnownRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { principal } = request;
    if (principal) this.pass(this.callers, principal.actor.id ?? principal.orgId, reply);
    else if ('public' in route && route.limit) this.pass(this.addresses, clientNetwork(request.ip), reply);
    return true;
  }

  private pass(limit: Limit, key: string, reply: FastifyReply): void {
    const wait = limit.take(key, reply);
    if (wait === undefined) return;
    this.metrics.limitedRequests.inc({ by: limit.name === 'default' ? 'caller' : 'address' });
    throw new RateLimitExceeded(wait);
  }
}
