import { administer, TEMPLATE } from './databases';

export default async function tearDown(): Promise<void> {
  if (globalThis.embeddedPostgres) await globalThis.embeddedPostgres.stop();
  else await administer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
}
