import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Log } from '../logging';

/**
 * Holds the session advisory lock that tells the others that a worker lives. PostgreSQL drops it the moment the process
 * or its connection dies. A lost connection is made again.
 */
export class WorkerLock {
  private client: Client | undefined;
  private heldSince: number | undefined;
  private readonly end = new AbortController();
  private looping: Promise<void> | undefined;

  constructor(
    private readonly url: string,
    private readonly workerId: string,
    private readonly log: Log,
  ) {}

  /** Milliseconds since the lock is held without a break; 0 while it is not. */
  heldForMs(): number {
    return this.heldSince === undefined ? 0 : performance.now() - this.heldSince;
  }

  /** Resolves when the lock is held for the first time. */
  async acquire(): Promise<void> {
    await this.connect();
    this.looping = this.keep();
  }

  async release(): Promise<void> {
    this.end.abort();
    await this.client?.end().catch(() => undefined);
    await this.looping;
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      keepAlive: true,
      application_name: 'frontdesk worker lock',
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`SET statement_timeout = 0; SET idle_session_timeout = 0`);
    await client.query('SELECT pg_advisory_lock_shared(hashtextextended($1, 0))', [this.workerId]);
    this.client = client;
    this.heldSince = performance.now();
  }

  /** A method, since it changes while another one waits. */
  private hasEnded(): boolean {
    return this.end.signal.aborted;
  }

  private async keep(): Promise<void> {
    while (!this.hasEnded()) {
      const client = this.client;
      if (client) await new Promise<void>((resolve) => void client.once('end', () => resolve()));
      this.heldSince = undefined;
      this.client = undefined;
      if (this.hasEnded()) return;
      try {
        await this.connect();
      } catch (error) {
        this.log.warn('the worker lock is lost, trying again', { error });
        await sleep(500);
      }
    }
  }
}
