import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OrgScope, Uuid } from '../context';
import { BadRequest } from '../errors';
import { IdempotentEffects } from './idempotent-effects';
import { KeptAnswers, type KeyedRequest } from './kept-answers';
import { routeOf, type KnownRequest } from './request';
import type { RouteOptions } from './route';

/** The header holds nothing, or too much. */
export class BadIdempotencyKey extends BadRequest {
  readonly code = 'bad_idempotency_key';
  constructor() {
    super('Idempotency-Key takes 1 to 255 characters.');
  }
}

/** Honours `Idempotency-Key` on routes that say so. */
@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly effects: IdempotentEffects,
    private readonly answers: KeptAnswers,
  ) {}

  /** Handles a request, or gives the answer that it got before. Throws {@link BadIdempotencyKey} and what stands in `kept-answers`. */
  async handle({ request, reply, route, scope }: Exchange, handle: () => Promise<unknown>): Promise<unknown> {
    const key = request.headers['idempotency-key'];
    if (key === undefined || !route.idempotent) return handle();
    if (typeof key !== 'string' || key.length === 0 || key.length > 255) throw new BadIdempotencyKey();
    const { replayed, body } = await this.effects.handle(
      this.keyed(scope.orgId, key, request),
      {
        scope,
        status: () => reply.statusCode,
        isSealed: route.idempotent === 'sealed',
        looksFirst: route.ownTransactions === true,
      },
      handle,
    );
    if (!replayed) return body;
    void reply.status(replayed.status).header('idempotent-replayed', 'true');
    return replayed.body;
  }

  /** The caller, the address and the body make two requests the same. */
  private keyed(orgId: Uuid, key: string, request: KnownRequest): KeyedRequest {
    const { principal, url, body } = request;
    const fingerprint = this.answers.fingerprint([
      principal?.actor.type,
      principal?.actor.id,
      url,
      body ?? null,
    ]);
    return { orgId, operation: routeOf(request), key, fingerprint };
  }
}

/** A request of someone who is known, and its answer to be. */
export interface Exchange {
  readonly request: KnownRequest;
  readonly reply: FastifyReply;
  readonly route: RouteOptions;
  readonly scope: OrgScope;
}
