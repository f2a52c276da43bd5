import { Client } from 'pg';
import { loadConfig } from '../src/common/config';
import { systemScope, type OrgScope, type Uuid } from '../src/common/context';
import { Database } from '../src/common/database';
import { ListContacts, type ContactListQuery } from '../src/modules/contacts/app/list-contacts.query';
import { createApp } from '../src/server';
import { alternate, type Comparison } from './support/measure';
import type { World } from './support/world';

const RUNS = 15;
const LIMIT = 50;

/** A read of the product, and what somebody would write by hand for it, with the organization as the last parameter. */
interface Read {
  readonly query: ContactListQuery;
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly count: number;
}

const ITEM = `id, name, phone, whatsapp_id, email, service_interests, tags, lead_score, lead_status, lead_status_reason,
  last_contact_at, custom_fields, version, created_at, updated_at`;
const PAGE = `LIMIT ${LIMIT + 1}`;

const reads = (phone: string): Readonly<Record<string, Read>> => ({
  'list by status': {
    query: { leadStatus: 'qualified', sort: '-updatedAt' },
    sql: `SELECT ${ITEM} FROM contacts WHERE lead_status = $1 AND org_id = $2 ORDER BY updated_at DESC, id DESC ${PAGE}`,
    params: ['qualified'],
    count: 300,
  },
  'list by last contact': {
    query: { sort: '-lastContactAt' },
    sql: `SELECT ${ITEM} FROM contacts WHERE last_contact_at IS NOT NULL AND org_id = $1 ORDER BY last_contact_at DESC, id DESC ${PAGE}`,
    params: [],
    count: 300,
  },
  'phone look-up': {
    query: { phone },
    sql: `SELECT ${ITEM} FROM contacts WHERE phone = $1 AND org_id = $2 ORDER BY updated_at DESC, id DESC ${PAGE}`,
    params: [phone],
    count: 600,
  },
  'prefix search': {
    query: { q: 'da' },
    sql: `SELECT ${ITEM} FROM contacts WHERE name_key ^@ search_key($1) AND org_id = $2 ORDER BY name_key, id ${PAGE}`,
    params: ['da'],
    count: 300,
  },
  'similarity search': {
    query: { similar: 'Dana Corbreg' },
    sql: `SELECT ${ITEM} FROM contacts WHERE org_id = $2 ORDER BY search_text OPERATOR(extensions.<->>>) search_key($1) ${PAGE}`,
    params: ['Dana Corbreg'],
    count: 5,
  },
});

/** Milliseconds that one of `count` took. */
async function timed(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < count; i++) await work();
  return (performance.now() - started) / count;
}

/**
 * Reads of the contact book within one organization: the product's query in its transaction, under forced policies, against a
 * hand-written statement with an explicit filter, sent as a superuser whom no policy binds.
 */
export async function contactReads(
  { adminUrl, env }: Pick<World, 'adminUrl' | 'env'>,
  orgId: Uuid,
  phone: string,
): Promise<Record<string, Comparison>> {
  const app = await createApp(loadConfig({ ...env, ROLE: 'api', LOG_LEVEL: 'silent' }));
  await app.init();
  const database = app.get(Database, { strict: false });
  const lists = app.get(ListContacts, { strict: false });
  const scope: OrgScope = { ...systemScope(orgId), pool: 'app', readOnly: true };
  const byHand = new Client({ connectionString: adminUrl });
  await byHand.connect();
  await byHand.query(`SET timezone = 'UTC'`);
  const results: Record<string, Comparison> = {};
  try {
    for (const [name, { query, sql, params, count }] of Object.entries(reads(phone))) {
      const product = () =>
        timed(count, () => database.runInOrg(scope, () => lists.page(query, LIMIT, undefined)));
      const baseline = () => timed(count, () => byHand.query(sql, [...params, orgId]));
      await product();
      await baseline();
      results[name] = await alternate(name === 'similarity search' ? 5 : RUNS, product, baseline);
    }
  } finally {
    await byHand.end();
    await app.close();
  }
  return results;
}
