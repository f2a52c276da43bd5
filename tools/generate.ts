import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabase, type PrepareOptions } from './database/prepare';
import { writeConfigurationPage } from './docs/configuration';
import { writeOpenApi } from './docs/openapi';
import { startEmbeddedPostgres } from './embedded';
import { writeIsolation } from './schema/write-isolation';
import { writeSchema } from './schema/write-schema';

const FROM_DATABASE: Readonly<Record<string, (database: PrepareOptions) => Promise<void>>> = {
  openapi: writeOpenApi,
  schema: async ({ adminUrl }) => {
    await writeSchema(adminUrl);
    await writeIsolation(adminUrl);
  },
};

/** Runs `work` on a migrated database of a server that is gone afterwards. */
async function withDatabase(work: (database: PrepareOptions) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-generate-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), ephemeral: true });
  try {
    const password = () => randomBytes(16).toString('hex');
    const database = { adminUrl: server.adminUrl, appPassword: password(), servicePassword: password() };
    await prepareDatabase(database);
    await work(database);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `node dist/tools/generate.js [configuration] [openapi] [schema]`: writes these files, or all of them. */
async function main(wanted: readonly string[]): Promise<void> {
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  if (isWanted('configuration')) writeConfigurationPage();
  const writers = Object.entries(FROM_DATABASE).filter(([name]) => isWanted(name));
  if (writers.length > 0)
    await withDatabase(async (database) => {
      for (const [, write] of writers) await write(database);
    });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
