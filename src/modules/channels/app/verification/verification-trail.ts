import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { systemScope } from '../../../../common/context';
import { Database } from '../../../../common/database';
import { Log } from '../../../../common/logging';
import type { KnownConnection } from '../connection-directory';
import { CredentialTrail } from '../credential-trail';

const NOTED_FOR_MS = 60 * 60 * 1000;

/**
 * Tells the trail that credentials were opened to verify deliveries: the first of each hour, connection and process. Written
 * beside intake, which neither waits for it nor fails by it; one after the other, so that it takes one connection to the database.
 */
@Injectable()
export class VerificationTrail implements OnModuleDestroy {
  private readonly noted = new LRUCache<string, true>({
    maxSize: 50_000,
    sizeCalculation: () => 1,
    ttl: NOTED_FOR_MS,
  });
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly trail: CredentialTrail,
    private readonly log: Log,
  ) {}

  /** Returns at once. To be called when the answer is known. */
  note(connections: readonly (KnownConnection | undefined)[]): void {
    for (const connection of connections) {
      if (!connection || this.noted.has(connection.id)) continue;
      this.noted.set(connection.id, true);
      this.writing = this.writing.then(() => this.write(connection));
    }
  }

  /** What was noted is written before the program stops. */
  async onModuleDestroy(): Promise<void> {
    await this.writing;
  }

  private async write({ orgId, id }: KnownConnection): Promise<void> {
    // The answer first.
    await new Promise((done) => setImmediate(done));
    const scope = systemScope(orgId);
    try {
      await this.database.runInOrg(scope, () => this.trail.note(scope, id, 'verify_webhook'));
    } catch (error) {
      this.noted.delete(id);
      this.log.error('the use of credentials could not be noted', { orgId, connectionId: id, error });
    }
  }
}
