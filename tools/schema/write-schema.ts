import { writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { describeSchema } from './describe-schema';

/** Where the golden schema is kept, from the root of the repository. */
export const SCHEMA_FILE = 'test/golden/schema.sql';

/** Describes the migrated database at `adminUrl` into the golden file. */
export async function writeSchema(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    writeFileSync(SCHEMA_FILE, await describeSchema(client));
  } finally {
    await client.end();
  }
}
