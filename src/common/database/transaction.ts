import type { Writable } from 'node:stream';
import type { ClientBase, QueryResult, QueryResultRow } from 'pg';
import type {
  DataSource,
  EntityManager,
  EntityTarget,
  ObjectLiteral,
  QueryRunner,
  Repository,
} from 'typeorm';
import type { Actor, OrgScope, Uuid } from '../context';

/** Work that belongs to no organization: row-level security shows it no tenant row. */
export interface PlatformScope extends Omit<OrgScope, 'orgId' | 'pool'> {
  readonly orgId: null;
  readonly pool: 'service';
}

/** Something goes on after the work that it belongs to: a promise was not awaited. */
class TransactionEnded extends Error {
  constructor() {
    super('the transaction has ended');
  }
}

/**
 * One transaction on one connection, bound to one organization. Nothing is sent before the first statement: then `BEGIN` and
 * the settings travel in one message with it, so that a scoped read waits no longer than a bare one. Made by
 * {@link Database} alone.
 */
export class Transaction {
  private opening: Promise<ClientBase> | undefined;
  private runner: QueryRunner | undefined;
  private begun: Promise<unknown> | undefined;
  /** A statement that comes late must not run: the connection serves another organization by then. */
  private ended = false;
  private unanswered = 0;
  /** Only the answer to COMMIT tells how it ended: a statement failed, or went past {@link run}. */
  private uncertain = false;

  constructor(
    readonly scope: OrgScope | PlatformScope,
    private readonly dataSource: DataSource,
  ) {}

  /** The organization at hand. Throws in platform work, which has none. */
  get orgId(): Uuid {
    if (this.scope.orgId === null) throw new Error('this transaction belongs to no organization');
    return this.scope.orgId;
  }

  /** True once a connection is held. */
  get isOpen(): boolean {
    return this.opening !== undefined;
  }

  /** Runs one statement and returns its rows. */
  async query<Row extends QueryResultRow>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.run<Row>(sql, params)).rows;
  }

  /** The first row, or undefined. */
  async one<Row extends QueryResultRow>(
    sql: string,
    params: readonly unknown[] = [],
  ): Promise<Row | undefined> {
    return (await this.run<Row>(sql, params)).rows[0];
  }

  /** Runs one statement and returns how many rows it touched. */
  async execute(sql: string, params: readonly unknown[] = []): Promise<number> {
    return (await this.run(sql, params)).rowCount ?? 0;
  }

  /** TypeORM's repository on this very connection. */
  async repository<E extends ObjectLiteral>(entity: EntityTarget<E>): Promise<Repository<E>> {
    return (await this.manager()).getRepository(entity);
  }

  /** TypeORM's entity manager on this very connection. */
  async manager(): Promise<EntityManager> {
    await this.open();
    await this.begun;
    if (this.ended || !this.runner) throw new TransactionEnded();
    this.uncertain = true;
    return this.runner.manager;
  }

  /**
   * Ends it well. A transaction in which a statement failed unnoticed cannot be committed: that throws. One that only read has
   * nothing to lose, and gives its connection back without waiting: whoever takes it next is answered after this COMMIT.
   */
  async commit(): Promise<void> {
    if (!this.opening) {
      this.end();
      return;
    }
    const client = await this.opening;
    await this.begun;
    this.end();
    const committed = client.query('COMMIT');
    if (this.scope.readOnly && !this.uncertain && this.unanswered === 0) committed.catch(() => undefined);
    else if ((await committed).command !== 'COMMIT')
      throw new Error('the transaction had failed and was rolled back');
    await this.release();
  }

  /** Undoes everything. Never throws: a connection that cannot roll back is closed. */
  async rollback(): Promise<void> {
    if (!this.opening) {
      this.end();
      return;
    }
    try {
      const client = await this.opening;
      this.end();
      await client.query('ROLLBACK');
      await this.release();
    } catch (error) {
      await this.release(error as Error);
    }
  }

  private async run<Row extends QueryResultRow>(
    sql: string,
    params: readonly unknown[],
  ): Promise<QueryResult<Row>> {
    const client = await this.open();
    if (this.ended) throw new TransactionEnded();
    this.unanswered++;
    try {
      // Not awaited one after the other: the first statement goes out in the same packet as BEGIN.
      const [, result] = await Promise.all([this.begun, client.query<Row>(sql, params as unknown[])]);
      return result;
    } catch (error) {
      this.uncertain = true;
      throw error;
    } finally {
      this.unanswered--;
    }
  }

  private end(): void {
    this.ended = true;
  }

  private open(): Promise<ClientBase> {
    if (this.ended) return Promise.reject(new TransactionEnded());
    this.opening ??= this.connect();
    return this.opening;
  }

  private async connect(): Promise<ClientBase> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as ClientBase;
    // TypeORM must take part in our transaction, not open its own: a depth of one makes its nested ones savepoints.
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    this.runner = runner;
    holdBack(client);
    this.begun = client.query(beginStatement(this.scope));
    this.begun.catch(() => undefined);
    return client;
  }

  private async release(error?: Error): Promise<void> {
    const { runner } = this;
    this.runner = undefined;
    if (error && runner) await (runner as QueryRunner & PostgresRelease).releasePostgresConnection(error);
    else await runner?.release();
  }
}

/**
 * Lets what is sent from here to the end of the tick go out as one packet: BEGIN and the first statement. One system call
 * less here, and one time less that the server wakes up.
 */
function holdBack(client: ClientBase): void {
  const { stream } = (client as ClientBase & { connection: { stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** TypeORM's way to close a connection instead of giving it back; not in its public types. */
interface PostgresRelease {
  releasePostgresConnection(error: Error): Promise<void>;
}

/**
 * SET LOCAL with literals, not set_config(): Citus carries the former to its workers and not the latter. Every literal is
 * a checked {@link Uuid}, one of a closed set of words, or empty.
 */
function beginStatement({ orgId, actor, requestId, readOnly }: OrgScope | PlatformScope): string {
  const whose = `SET LOCAL app.org_id = '${orgId ?? ''}'; SET LOCAL app.user_id = '${userId(actor)}'`;
  // Only writes are audited; three settings less are about a tenth of what a short read costs.
  if (readOnly) return `BEGIN READ ONLY; ${whose}`;
  return (
    `BEGIN; ${whose}; ` +
    `SET LOCAL app.actor_type = '${actor.type}'; SET LOCAL app.actor_id = '${actor.id ?? ''}'; ` +
    `SET LOCAL app.request_id = '${requestId}'`
  );
}

function userId({ type, id }: Actor): string {
  return type === 'user' ? (id ?? '') : '';
}
