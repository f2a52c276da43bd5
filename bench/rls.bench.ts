import { Client } from 'pg';
import { alternate, type Comparison } from './support/measure';
import type { World } from './support/world';

const RUNS = 31;
const QUERIES_A_RUN = 2_000;

/** Statements whose index matches, as the product sends them; each with an explicit organization. */
const STATEMENTS = {
  'one contact by phone': `SELECT id, name FROM contacts WHERE org_id = $1 AND phone = $2`,
  'newest 50 contacts': `SELECT id, name, phone FROM contacts WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50`,
} as const;

/** Runs the statement for many organizations' rows within one transaction and returns the seconds it took. */
async function timed(client: Client, orgId: string, sql: string, phones: readonly string[]): Promise<number> {
  await client.query(`BEGIN; SET LOCAL app.org_id = '${orgId}'`);
  const started = performance.now();
  for (const phone of phones) await client.query(sql, sql.includes('$2') ? [orgId, phone] : [orgId]);
  const seconds = (performance.now() - started) / 1000;
  await client.query('COMMIT');
  return seconds;
}

/**
 * What row-level security costs: the same statements on the same 1,000,000 rows of 1,000 organizations, as
 * frontdesk_app under forced policies, and as a superuser whom no policy binds. Ratios of time: 1.03 means 3 % slower.
 */
export async function rowLevelSecurity(world: World): Promise<Record<string, Comparison>> {
  const app = new Client({ connectionString: world.appUrl });
  const unbound = new Client({ connectionString: world.adminUrl });
  await Promise.all([app.connect(), unbound.connect()]);
  const results: Record<string, Comparison> = {};
  try {
    for (const [name, sql] of Object.entries(STATEMENTS)) {
      const count = sql.includes('LIMIT') ? QUERIES_A_RUN / 4 : QUERIES_A_RUN;
      const phones = Array.from({ length: count }, (_, i) => world.phoneOf(i % 1_000));
      const run = (client: Client) => () => timed(client, world.crowdedOrgId, sql, phones);
      await run(app)();
      await run(unbound)();
      results[name] = await alternate(RUNS, run(app), run(unbound));
    }
  } finally {
    await Promise.all([app.end(), unbound.end()]);
  }
  return results;
}
