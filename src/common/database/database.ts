import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import { newId, requestContext, type OrgScope, type Uuid } from '../context';
import { Unavailable } from '../errors';
import { isRetryable } from './sql-state';
import { Transaction, type PlatformScope } from './transaction';

const ATTEMPTS = 4;

/** The same rows were wanted by too many at once; every bounded retry lost. */
export class TooMuchContention extends Unavailable {
  readonly code = 'too_much_contention';
  constructor() {
    super('The data was changed by others at the same time. Try again.', { retryAfterSeconds: 1 });
  }
}

/** Connections of one pool: all there are, free ones, and callers waiting for one. */
export interface PoolFigures {
  readonly pool: 'app' | 'service';
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/**
 * The only way to the database. Tenant tables are reached through {@link runInOrg} alone, by requests, jobs and tests
 * alike; inside it, {@link tx} is the transaction at hand.
 */
@Injectable()
export class Database {
  private readonly storage = new AsyncLocalStorage<Transaction>();

  constructor(
    @InjectDataSource('app') private readonly app: DataSource,
    @InjectDataSource('service') private readonly service: DataSource,
  ) {}

  /** The transaction at hand. Throws outside of one: there is no way to a tenant table without an organization. */
  get tx(): Transaction {
    const transaction = this.storage.getStore();
    if (!transaction) throw new Error('no transaction at hand: wrap the work in runInOrg');
    return transaction;
  }

  /** True inside {@link runInOrg} and {@link runAsPlatform}. */
  get inTransaction(): boolean {
    return this.storage.getStore() !== undefined;
  }

  /**
   * Runs `work` in one transaction bound to the scope's organization; commits when it resolves, rolls back when it
   * throws. Within another call for the same organization it joins that transaction; for another organization it
   * throws. A serialization failure or deadlock runs the whole work again, so it has no effect outside the database.
   */
  async runInOrg<T>(scope: OrgScope, work: () => Promise<T>): Promise<T> {
    const outer = this.storage.getStore();
    if (!outer) return this.runWithRetries(scope, work);
    if (outer.scope.orgId !== scope.orgId) throw new Error('a transaction belongs to one organization');
    return work();
  }

  /** The same for work of no organization: global tables and the functions granted to the service role. */
  async runAsPlatform<T>(
    work: () => Promise<T>,
    requestId: Uuid = requestContext()?.requestId ?? newId(),
  ): Promise<T> {
    const outer = this.storage.getStore();
    if (outer && outer.scope.orgId !== null) throw new Error('platform work inside an organization');
    if (outer) return work();
    return this.runWithRetries(
      { orgId: null, actor: { type: 'system', id: null }, requestId, pool: 'service' },
      work,
    );
  }

  /** One statement of no organization, committed by itself. Never inside a transaction: that would hold two connections. */
  async platform<Row extends QueryResultRow>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    if (this.storage.getStore()?.isOpen) throw new Error('a second connection inside a transaction');
    return (await poolOf(this.service).query<Row>(sql, params as unknown[])).rows;
  }

  /** How full the pools are. */
  poolFigures(): PoolFigures[] {
    return (['app', 'service'] as const).map((pool) => {
      const { totalCount, idleCount, waitingCount } = poolOf(this[pool]);
      return { pool, total: totalCount, idle: idleCount, waiting: waitingCount };
    });
  }

  private async runWithRetries<T>(scope: OrgScope | PlatformScope, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return await this.runOnce(scope, work);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
      }
    }
    throw new TooMuchContention();
  }

  private async runOnce<T>(scope: OrgScope | PlatformScope, work: () => Promise<T>): Promise<T> {
    const transaction = new Transaction(scope, this[scope.pool]);
    try {
      const result = await this.storage.run(transaction, work);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }
}

function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
