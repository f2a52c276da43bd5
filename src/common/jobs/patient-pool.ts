import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { isConnectionLoss } from '../database';
import type { Log } from '../logging';

const PAUSE_MS = 200;

type AnyQuery = (...args: unknown[]) => Promise<unknown>;
type Connected = Parameters<Pool['connect']>[0];

/**
 * Connections for graphile-worker, whose statements wait while the database is away instead of failing. It leaves some of
 * its failures unhandled (giving back the jobs it holds, noting that a job failed), and an unhandled one ends the process.
 * Its statements stand alone and do nothing when they run twice.
 *
 * The answer to a fetch of jobs can be lost, though: these jobs stay locked, and nobody works on them. So after each loss
 * `onRestored` is called, for the worker to go on under another id and have the sweep free what the old one held.
 */
export class PatientPool extends Pool {
  private lost = false;

  constructor(
    config: PoolConfig,
    private readonly logger: Log,
    private readonly onRestored: () => void,
  ) {
    super(config);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | undefined {
    // The listening client notices by itself when its connection breaks, and asks for another.
    if (callback) super.connect(callback);
    else return Promise.resolve(new PatientClient(this) as unknown as PoolClient);
    return undefined;
  }

  /** A real connection, or a failure. */
  connectOnce(): Promise<PoolClient> {
    return super.connect();
  }

  noteSuccess(): void {
    if (!this.lost) return;
    this.lost = false;
    this.logger.info('the worker has its database again');
    this.onRestored();
  }

  /** Waits before the next try. Once the pool has ended nobody waits for the answer any more, and none is given. */
  async noteLoss(error: unknown): Promise<void> {
    if (!this.lost && !this.ending) this.logger.warn('the worker lost its database, trying again', { error });
    this.lost = true;
    if (this.ending) await new Promise<never>(() => undefined);
    await sleep(PAUSE_MS);
  }
}

/** As much of a client as graphile-worker uses. It takes another connection when its own breaks. */
class PatientClient {
  private client: PoolClient | undefined;

  constructor(private readonly pool: PatientPool) {}

  async query(...args: unknown[]): Promise<unknown> {
    for (;;) {
      try {
        const client = (this.client ??= await this.pool.connectOnce());
        const result = await (client.query as AnyQuery).apply(client, args);
        this.pool.noteSuccess();
        return result;
      } catch (error) {
        if (!isConnectionLoss(error) && !this.pool.ending) throw error;
        this.release(error as Error);
        await this.pool.noteLoss(error);
      }
    }
  }

  release(error?: Error): void {
    this.client?.release(error);
    this.client = undefined;
  }
}
