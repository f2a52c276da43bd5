import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { MIGRATIONS } from '../../src/migrations';
import { prepareDatabase, revertLastMigration, showMigrations } from '../../tools/database/prepare';
import { describeSchema } from '../../tools/schema/describe-schema';
import { aDatabase, ROLE_PASSWORDS, type TestDatabase } from '../support';

const GOLDEN = readFileSync(resolve(__dirname, '../golden/schema.sql'), 'utf8');

let db: TestDatabase;

beforeAll(async () => (db = await aDatabase()));
afterAll(() => db.drop());

async function described(): Promise<string> {
  const client = new Client({ connectionString: db.adminUrl });
  await client.connect();
  try {
    return await describeSchema(client);
  } finally {
    await client.end();
  }
}

/** What `change` makes of the schema; it is taken back by the rollback at the end of describing. */
async function describedAfter(change: string): Promise<string> {
  const client = new Client({ connectionString: db.adminUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(change);
    return await describeSchema(client);
  } finally {
    await client.end();
  }
}

describe('the golden schema', () => {
  it('is what the migrations make', async () => {
    expect(await described()).toBe(GOLDEN);
  });

  it.each([
    ['a column', 'ALTER TABLE contacts ADD nickname text'],
    ['a default', `ALTER TABLE contacts ALTER notes SET DEFAULT 'x'`],
    ['a constraint', 'ALTER TABLE contacts ADD CONSTRAINT x CHECK (true)'],
    ['an index', 'CREATE INDEX x ON contacts (org_id, name)'],
    ['a function', 'CREATE FUNCTION x() RETURNS int LANGUAGE sql RETURN 1'],
    ['a grant', 'GRANT SELECT ON users TO frontdesk_app'],
    ['a grant on a column', 'GRANT SELECT (email) ON users TO frontdesk_app'],
    ['a grant on a function', 'GRANT EXECUTE ON FUNCTION find_api_keys(text) TO frontdesk_app'],
    ['a grant on the schema', 'GRANT CREATE ON SCHEMA public TO frontdesk_app'],
    ['an owner', 'ALTER TABLE cron_runs OWNER TO frontdesk_definer'],
    ['a policy', 'CREATE POLICY x ON contacts USING (true)'],
    ['row-level security that is not forced', 'ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY'],
    ['a trigger that is switched off', 'ALTER TABLE contacts DISABLE TRIGGER contacts_audit'],
    ['a view', 'CREATE VIEW x AS SELECT 1 AS one'],
    ['a domain', 'CREATE DOMAIN x AS text'],
    ['a policy on the job queue', 'CREATE POLICY x ON graphile_worker._private_jobs USING (true)'],
  ])('shows %s', async (_what, change) => {
    expect(await describedAfter(change)).not.toBe(GOLDEN);
  });

  it('does not change with the months, but shows a partition that is not like the others', async () => {
    await db.query(
      `SELECT ensure_month_partitions('audit_logs', 14), ensure_month_partitions('webhook_logs', 14)`,
    );
    expect(await described()).toBe(GOLDEN);
    const [newest] = await db.query<{ name: string }>(
      `SELECT max(inhrelid::regclass::text) AS name FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass`,
    );
    const name = newest?.name ?? '';
    expect(await describedAfter(`GRANT SELECT ON ${name} TO frontdesk_app`)).not.toBe(GOLDEN);
    expect(await described()).toBe(GOLDEN);
  });
});

/** What stands in the schema public, but for TypeORM's own list of migrations. */
async function leftovers(): Promise<string[]> {
  const rows = await db.query<{ what: string }>(`
    SELECT relkind::text || ' ' || relname AS what FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i' AND relname NOT IN ('migrations', 'migrations_id_seq')
    UNION ALL SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype <> 'c' AND typelem = 0
    UNION ALL SELECT 'default privileges of ' || defaclrole::regrole FROM pg_default_acl
    UNION ALL SELECT 'policy ' || polname || ' on ' || polrelid::regclass FROM pg_policy
    UNION ALL SELECT 'right on ' || relname || ' of ' || grantee::regrole
      FROM pg_class, aclexplode(relacl) WHERE grantee <> relowner AND relnamespace::regnamespace::text IN ('public', 'graphile_worker')
    UNION ALL SELECT 'right on ' || nspname || ' of ' || grantee::regrole
      FROM pg_namespace, aclexplode(nspacl) WHERE grantee NOT IN (nspowner, 0) AND nspname IN ('public', 'graphile_worker')`);
  return rows.map(({ what }) => what);
}

describe('the migrations', () => {
  it('go down to nothing and up again to the same', async () => {
    expect(await leftovers()).not.toEqual([]);
    while ((await showMigrations(db.adminUrl)).some(({ applied }) => applied))
      await revertLastMigration(db.adminUrl);
    expect(await showMigrations(db.adminUrl)).toEqual(
      MIGRATIONS.map(({ name }) => ({ name, applied: false })),
    );
    expect(await leftovers()).toEqual([]);
    await prepareDatabase({ adminUrl: db.adminUrl, ...ROLE_PASSWORDS });
    expect(await described()).toBe(GOLDEN);
  });

  it('can be prepared again without a change', async () => {
    await prepareDatabase({ adminUrl: db.adminUrl, ...ROLE_PASSWORDS });
    expect(await described()).toBe(GOLDEN);
  });
});
