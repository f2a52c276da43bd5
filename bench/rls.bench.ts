import { Client } from 'pg';
import { alternate, type Comparison } from './support/measure';
import type { World } from './support/world';

const RUNS = 41;

type Parameters = (phone: string, orgId: string) => unknown[];

/** A read as the product sends it, where the policy names the organization, and with an explicit filter instead. */
interface Read {
  readonly bound: { readonly sql: string; readonly parameters: Parameters };
  readonly unbound: { readonly sql: string; readonly parameters: Parameters };
  readonly count: number;
}

const READS: Readonly<Record<string, Read>> = {
  'one contact by phone': {
    bound: { sql: 'SELECT id, name FROM contacts WHERE phone = $1', parameters: (phone) => [phone] },
    unbound: {
      sql: 'SELECT id, name FROM contacts WHERE org_id = $1 AND phone = $2',
      parameters: (phone, orgId) => [orgId, phone],
    },
    count: 2_000,
  },
  'newest 50 contacts': {
    bound: {
      sql: 'SELECT id, name, phone FROM contacts ORDER BY created_at DESC, id DESC LIMIT 50',
      parameters: () => [],
    },
    unbound: {
      sql: 'SELECT id, name, phone FROM contacts WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50',
      parameters: (_phone, orgId) => [orgId],
    },
    count: 500,
  },
};

/** Runs one read many times within one transaction of the organization and returns the seconds it took. */
async function timed(
  client: Client,
  world: World,
  { sql, parameters }: Read['bound'],
  count: number,
): Promise<number> {
  const orgId = world.crowdedOrgId;
  await client.query(`BEGIN; SET LOCAL app.org_id = '${orgId}'`);
  const started = performance.now();
  for (let i = 0; i < count; i++) await client.query(sql, parameters(world.phoneOf(i % 1_000), orgId));
  const seconds = (performance.now() - started) / 1000;
  await client.query('COMMIT');
  return seconds;
}

/**
 * What row-level security costs: the same rows of 1,000,000 in 1,000 organizations, read as frontdesk_app under forced
 * policies, and as a superuser whom no policy binds. Ratios of time as the driver sees it, planning included: 1.03 means 3 %
 * slower.
 */
export async function rowLevelSecurity(world: World): Promise<Record<string, Comparison>> {
  const app = new Client({ connectionString: world.appUrl });
  const unbound = new Client({ connectionString: world.adminUrl });
  await Promise.all([app.connect(), unbound.connect()]);
  const results: Record<string, Comparison> = {};
  try {
    for (const [name, { bound, unbound: filtered, count }] of Object.entries(READS)) {
      const product = () => timed(app, world, bound, count);
      const baseline = () => timed(unbound, world, filtered, count);
      await product();
      await baseline();
      results[name] = await alternate(RUNS, product, baseline);
    }
  } finally {
    await Promise.all([app.end(), unbound.end()]);
  }
  return results;
}
