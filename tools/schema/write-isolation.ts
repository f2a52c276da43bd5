import { writeFileSync } from 'node:fs';
import { Client } from 'pg';
import { describe, Session } from '../../src/common/isolation';

const FILE = 'src/common/isolation/expected.json';

/** Describes the migrated database at `adminUrl` into what `npm run isolation:check` compares a live one with. */
export async function writeIsolation(adminUrl: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, options: '-c search_path=public' });
  await client.connect();
  try {
    const description = await describe(new Session(client).ask);
    writeFileSync(FILE, `${JSON.stringify(description, null, 2)}\n`);
  } finally {
    await client.end();
  }
}
