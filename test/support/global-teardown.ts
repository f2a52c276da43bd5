import { administer, TEMPLATE } from './databases';
import { checkRecord } from './run-record';

export default async function tearDown(): Promise<void> {
  if (globalThis.embeddedPostgres) await globalThis.embeddedPostgres.stop();
  else await administer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  // Last, for it throws: no secret and no text of anybody may have been logged in the whole run.
  checkRecord();
}
