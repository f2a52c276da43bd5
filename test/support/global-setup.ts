import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDatabase } from '../../tools/database/prepare';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../tools/embedded';
import { administer, ROLE_PASSWORDS, STATISTICS, TEMPLATE, withDatabase } from './databases';
import { beginRecord } from './run-record';

declare global {
  var embeddedPostgres: EmbeddedPostgres | undefined;
}

const MEMORY = '/dev/shm';
/** Far more than a whole run needs. */
const ROOM = 4 * 1024 ** 3;

/** Where files lie in memory, if there is much of it: a copy of the template is made there in a tenth of the time. */
function temporaryFolder(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return Math.min(bavail * bsize, freemem()) > ROOM ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** One server for the whole run, and one migrated database in it that every test file gets a copy of. */
export default async function setUp(): Promise<void> {
  beginRecord();
  let url = process.env['TEST_DATABASE_URL'];
  if (!url) {
    const dataDir = mkdtempSync(join(temporaryFolder(), 'frontdesk-test-'));
    globalThis.embeddedPostgres = await startEmbeddedPostgres({ dataDir, ephemeral: true });
    url = globalThis.embeddedPostgres.adminUrl;
  }
  process.env['FRONTDESK_TEST_SERVER'] = url;
  await administer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await administer(`CREATE DATABASE ${TEMPLATE}`);
  await prepareDatabase({ adminUrl: withDatabase(url, TEMPLATE), ...ROLE_PASSWORDS });
  await administer(STATISTICS, TEMPLATE);
}
