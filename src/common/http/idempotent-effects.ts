import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { OrgScope } from '../context';
import { Vault } from '../crypto';
import { Database } from '../database';
import { KeptAnswers, type KeptAnswer, type KeptRow, type KeyedRequest, type Seal } from './kept-answers';

/** A keyed request on its way: what `once` needs to know of it. */
interface Pending {
  readonly request: KeyedRequest;
  /** The status that the answer will have. */
  readonly status: () => number;
  readonly seal: Seal | undefined;
  isKept: boolean;
}

/** Leaves a transaction, undone, whose effect is there already. */
class AnsweredBefore extends Error {
  constructor(readonly kept: KeptRow) {
    super('answered before');
  }
}

/** How a route honours the key. */
export interface Keeping {
  readonly scope: OrgScope;
  readonly status: () => number;
  /** The answer holds a secret. */
  readonly isSealed: boolean;
  /** The handler does something before its transaction, such as a call of the network. */
  readonly looksFirst: boolean;
}

/**
 * Gives the same answer to the same request: the answer is kept in the transaction of the effect itself, so neither is ever
 * there without the other. Only answers that succeeded are kept: what failed had no effect, and its key is free again.
 */
@Injectable()
export class IdempotentEffects {
  private readonly storage = new AsyncLocalStorage<Pending | undefined>();

  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
    private readonly answers: KeptAnswers,
  ) {}

  /**
   * {@link Database.runInOrg} for the effect of a request: with an `Idempotency-Key` it happens once. What `work` returns is
   * what the route answers. For routes with `ownTransactions`; around all others it stands already. The scope may be another
   * organization than the caller's, in the service pool.
   */
  async once<T>(scope: OrgScope, work: () => Promise<T>): Promise<T> {
    const pending = this.storage.getStore();
    if (!pending) return this.database.runInOrg(scope, work);
    if (pending.isKept) throw new Error('a request has one effect that is kept');
    const { request, status, seal } = pending;
    const answer = await this.database.runInOrg(scope, async () => {
      await this.answers.lock(request);
      const kept = await this.answers.find(request);
      if (kept) throw new AnsweredBefore(kept);
      const body = await this.storage.run(undefined, work);
      await this.answers.keep(request, { status: status(), body }, seal);
      return body;
    });
    pending.isKept = true;
    return answer;
  }

  /** Handles a request that bears a key. Returns the kept answer where there is one, or else what `handle` answers. */
  async handle(
    request: KeyedRequest,
    keeping: Keeping,
    handle: () => Promise<unknown>,
  ): Promise<{ replayed?: KeptAnswer; body?: unknown }> {
    const { scope, status, isSealed, looksFirst } = keeping;
    try {
      const seal = isSealed || looksFirst ? await this.prepare(request, keeping) : undefined;
      const pending: Pending = { request, status, seal, isKept: false };
      const body = await this.storage.run(pending, handle);
      if (!pending.isKept)
        throw new Error(`${request.operation} keeps no answer: its effect is not run by once()`);
      return { body };
    } catch (error) {
      if (!(error instanceof AnsweredBefore)) throw error;
      return { replayed: await this.answers.open(scope, error.kept) };
    }
  }

  /** Looks for the answer before any work begins, and fetches the key to seal it with: requests cannot read keys. */
  private prepare(request: KeyedRequest, { scope, isSealed }: Keeping): Promise<Seal | undefined> {
    return this.database.runInOrg({ ...scope, pool: 'service' }, async () => {
      const kept = await this.answers.find(request);
      if (kept) throw new AnsweredBefore(kept);
      return isSealed ? this.vault.sealer() : undefined;
    });
  }
}
