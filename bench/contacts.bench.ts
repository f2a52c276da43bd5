import { Client } from 'pg';
import { loadConfig } from '../src/common/config';
import { systemScope, type Uuid } from '../src/common/context';
import { Database } from '../src/common/database';
import { ListContacts, type ContactListQuery } from '../src/modules/contacts/app/list-contacts.query';
import { createApp } from '../src/server';
import { alternate, type Comparison } from './support/measure';
import { listAgainstNode, listAsItGrows } from './support/over-http';
import type { Book, World } from './support/world';

const RUNS = 11;
const LIMIT = 50;
const PATH = '/api/v1/contacts?leadStatus=qualified';

/** A read of the product, and what somebody would write by hand for it, with the organization as the last parameter. */
interface Read {
  readonly query: ContactListQuery;
  readonly sql: string;
  readonly params: readonly unknown[];
  /** How often it is done in a run; a run of a slow one has fewer. */
  readonly count: number;
}

const ITEM = `id, name, phone, whatsapp_id, email, timezone, service_interests, tags, lead_score, lead_status, lead_status_reason,
  last_contact_at, custom_fields, version, created_at, updated_at`;
const PAGE = `LIMIT ${LIMIT + 1}`;

const READS: Readonly<Record<string, (phone: string) => Read>> = {
  'list by status': () => ({
    query: { leadStatus: 'qualified', sort: '-updatedAt' },
    sql: `SELECT ${ITEM} FROM contacts WHERE lead_status = $1 AND org_id = $2 ORDER BY updated_at DESC, id DESC ${PAGE}`,
    params: ['qualified'],
    count: 200,
  }),
  'list by last contact': () => ({
    query: { sort: '-lastContactAt' },
    sql: `SELECT ${ITEM} FROM contacts WHERE last_contact_at IS NOT NULL AND org_id = $1 ORDER BY last_contact_at DESC, id DESC ${PAGE}`,
    params: [],
    count: 200,
  }),
  'phone look-up': (phone) => ({
    query: { phone },
    sql: `SELECT ${ITEM} FROM contacts WHERE phone = $1 AND org_id = $2 ORDER BY updated_at DESC, id DESC ${PAGE}`,
    params: [phone],
    count: 400,
  }),
  // Names first, then last words of names, then addresses, each in its order.
  'prefix search': () => ({
    query: { q: 'da' },
    sql: `(SELECT ${ITEM}, name_key AS key, 0 AS kind FROM contacts
        WHERE name_key ^@ search_key($1) AND org_id = $2 ORDER BY name_key, id ${PAGE})
      UNION ALL (SELECT ${ITEM}, surname_key, 1 FROM contacts
        WHERE surname_key ^@ search_key($1) AND (name_key ^@ search_key($1)) IS NOT TRUE AND org_id = $2 ORDER BY surname_key, id ${PAGE})
      UNION ALL (SELECT ${ITEM}, email, 2 FROM contacts
        WHERE email ^@ lower($1) AND (name_key ^@ search_key($1)) IS NOT TRUE AND (surname_key ^@ search_key($1)) IS NOT TRUE AND org_id = $2
        ORDER BY email, id ${PAGE})
      ORDER BY kind, key, id ${PAGE}`,
    params: ['da'],
    count: 200,
  }),
  'similarity search': () => ({
    query: { similar: 'Dana Corbreg' },
    sql: `SELECT * FROM (
        SELECT ${ITEM}, search_text OPERATOR(extensions.<->>>) search_key($1) AS distance FROM contacts WHERE org_id = $2
        ORDER BY search_text OPERATOR(extensions.<->>>) search_key($1) ${PAGE}) near
      WHERE distance < 0.67 ORDER BY distance, id`,
    params: ['Dana Corbreg'],
    count: 40,
  }),
};

/** Lets the product read as it does for a request: the query in its transaction, under forced policies. */
async function productOf({ env }: Book) {
  const app = await createApp(loadConfig({ ...env, ROLE: 'api', LOG_LEVEL: 'silent' }));
  await app.init();
  const database = app.get(Database, { strict: false });
  const lists = app.get(ListContacts, { strict: false });
  return {
    read: (orgId: Uuid, query: ContactListQuery) =>
      database.runInOrg({ ...systemScope(orgId), pool: 'app', readOnly: true }, () =>
        lists.page(query, LIMIT, undefined),
      ),
    close: () => app.close(),
  };
}
type Product = Awaited<ReturnType<typeof productOf>>;

/** Milliseconds that one of `count` took. */
function timed(count: number, work: () => Promise<unknown>) {
  return async (): Promise<number> => {
    const started = performance.now();
    for (let i = 0; i < count; i++) await work();
    return (performance.now() - started) / count;
  };
}

async function inTurn(
  runs: number,
  first: () => Promise<number>,
  second: () => Promise<number>,
): Promise<Comparison> {
  await first();
  await second();
  return alternate(runs, first, second);
}

/** Against a statement with an explicit filter, sent as a superuser whom no policy binds. */
async function againstStatement(
  product: Product,
  byHand: Client,
  orgId: Uuid,
  { query, sql, params, count }: Read,
  runs: number,
): Promise<Comparison> {
  const read = () => product.read(orgId, query);
  const statement = () => byHand.query<{ id: string }>(sql, [...params, orgId]);
  const [{ items }, { rows }] = await Promise.all([read(), statement()]);
  const idsOf = (contacts: readonly { id: string }[]) =>
    contacts
      .slice(0, LIMIT)
      .map(({ id }) => id)
      .join();
  if (items.length === 0 || idsOf(items) !== idsOf(rows)) throw new Error('product and baseline differ');
  return inTurn(runs, timed(count, read), timed(count, statement));
}

/** What reading the contact book costs. */
export interface ContactReads {
  /** Time against a hand-written statement, in an organization of 1,000 and in the one of 200,000. */
  readonly times: Readonly<Record<string, Comparison>>;
  /** Requests per second of the list, against node:http and pg. */
  readonly overHttp: Comparison;
  /** How much slower the same is among 1,000,000 contacts than among 10,000, for an organization of 1,000 in both. */
  readonly growth: Readonly<Record<string, Comparison>>;
}

/** Lists and searches within one organization, as time of the transaction and over HTTP. */
export async function contactReads(world: World): Promise<ContactReads> {
  const times: Record<string, Comparison> = {};
  const growth: Record<string, Comparison> = {};
  const [large, small] = await Promise.all([productOf(world), productOf(world.small)]);
  const byHand = new Client({ connectionString: world.adminUrl });
  await byHand.connect();
  await byHand.query(`SET timezone = 'UTC'`);
  try {
    for (const [name, readOf] of Object.entries(READS)) {
      const read = readOf(world.phoneOf(42));
      times[name] = await againstStatement(large, byHand, world.crowdedOrgId, read, RUNS);
      const slow = name === 'similarity search' ? { ...read, count: 2 } : read;
      times[`${name}, of 200,000`] = await againstStatement(
        large,
        byHand,
        world.largestOrgId,
        slow,
        slow === read ? RUNS : 7,
      );
      growth[name] = await inTurn(
        RUNS,
        timed(read.count, () => large.read(world.crowdedOrgId, read.query)),
        timed(read.count, () => small.read(world.small.crowdedOrgId, read.query)),
      );
    }
  } finally {
    await Promise.all([byHand.end(), large.close(), small.close()]);
  }
  growth['list over HTTP'] = await listAsItGrows(world.small, world, PATH);
  return { times, overHttp: await listAgainstNode(world, PATH), growth };
}
