import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { prepareDatabase } from '../../tools/database/prepare';
import { startEmbeddedPostgres } from '../../tools/embedded';
import { ROLE_PASSWORDS, type TestDatabase } from '../support';

/** A server of a test's own, which can be restarted under it. */
export interface OwnPostgres {
  readonly db: TestDatabase;
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a server with a migrated database. Durable, unlike that of the other tests: without synchronous commits
 * PostgreSQL itself would lose what it acknowledged when it is stopped at once.
 */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-restart-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: 'frontdesk' });
  await prepareDatabase({ adminUrl: server.adminUrl, ...ROLE_PASSWORDS });
  return {
    db: databaseOf(server.adminUrl),
    restart: (mode) => server.restart(mode),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function databaseOf(adminUrl: string): TestDatabase {
  return {
    name: 'frontdesk',
    adminUrl,
    urlAs: () => {
      throw new Error('nobody signs in here but the server and the administrator');
    },
    // A connection for each question: the server may have gone in between.
    async query<Row extends Record<string, unknown>>(sql: string, params: readonly unknown[] = []) {
      const client = new Client({ connectionString: adminUrl });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query<Row>(sql, params as unknown[])).rows;
      } finally {
        await client.end();
      }
    },
    drop: async () => undefined,
  };
}
