import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabase } from '../../tools/database/prepare';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../tools/embedded';
import { administer, ROLE_PASSWORDS, TEMPLATE, withDatabase } from './databases';
import { beginRecord } from './run-record';

declare global {
  var embeddedPostgres: EmbeddedPostgres | undefined;
}

/** One server for the whole run, and one migrated database in it that every test file gets a copy of. */
export default async function setUp(): Promise<void> {
  beginRecord();
  let url = process.env['TEST_DATABASE_URL'];
  if (!url) {
    const dataDir = mkdtempSync(join(tmpdir(), 'frontdesk-test-'));
    globalThis.embeddedPostgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
    url = globalThis.embeddedPostgres.adminUrl;
  }
  process.env['FRONTDESK_TEST_SERVER'] = url;
  await administer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await administer(`CREATE DATABASE ${TEMPLATE}`);
  await prepareDatabase({ adminUrl: withDatabase(url, TEMPLATE), ...ROLE_PASSWORDS });
}
