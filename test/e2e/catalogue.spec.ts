import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Client } from 'pg';
import * as catalogue from '../support/catalogue';
import { aDatabase, type TestDatabase } from '../support';

let db: TestDatabase;
let client: Client;

beforeAll(async () => {
  db = await aDatabase();
  client = new Client({ connectionString: db.adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await db.drop();
});

interface Law {
  readonly check: catalogue.Check;
  /** Findings that are meant to be, each with its reason; one that is found no more must go. */
  readonly exceptions?: Readonly<Record<string, string>>;
  /** Statements that break the law, with what must be found then. */
  readonly broken: readonly (readonly [sql: string, finding: string])[];
}

const NO_ORGANIZATION = 'belongs to no organization: docs/security.md says why';
const UNKNOWN = 'what happens before an organization is known is recorded too';
const DIRECTORY = 'its purpose is uniqueness over the whole installation';
const BY_MONTH = 'partitioned by month: the key must hold the time, and the organization can be unknown';
const table = (name: string, rest = '') =>
  `CREATE TABLE ${name} (org_id uuid NOT NULL, id uuid NOT NULL, note text${rest})`;

const LAWS: Readonly<Record<string, Law>> = {
  'every table has an organization': {
    check: catalogue.everyTableHasAnOrganization,
    exceptions: {
      'audit_logs.org_id may be null': UNKNOWN,
      'auth_refresh_tokens has no org_id': NO_ORGANIZATION,
      'auth_sessions has no org_id': NO_ORGANIZATION,
      'cron_runs has no org_id': NO_ORGANIZATION,
      'migrations has no org_id': NO_ORGANIZATION,
      'organizations has no org_id': NO_ORGANIZATION,
      'users has no org_id': NO_ORGANIZATION,
      'webhook_logs.org_id may be null': UNKNOWN,
    },
    broken: [
      ['CREATE TABLE x (id uuid PRIMARY KEY)', 'x has no org_id'],
      ['CREATE TABLE x (org_id uuid)', 'x.org_id may be null'],
    ],
  },
  'row-level security is enabled and forced': {
    check: catalogue.rowSecurityIsForced,
    broken: [
      [table('x'), 'x: row-level security is not enabled and forced'],
      [
        'ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY',
        'contacts: row-level security is not enabled and forced',
      ],
      [
        'ALTER TABLE contacts DISABLE ROW LEVEL SECURITY',
        'contacts: row-level security is not enabled and forced',
      ],
      [
        'ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY',
        'organizations: row-level security is not enabled and forced',
      ],
      [
        `CREATE TABLE webhook_logs_old PARTITION OF webhook_logs FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')`,
        'webhook_logs_old: row-level security is not enabled and forced',
      ],
    ],
  },
  'there are four policies, and others for frontdesk_definer alone': {
    check: catalogue.fourPoliciesEach,
    broken: [
      ['DROP POLICY contacts_delete ON contacts', 'contacts: not exactly one policy of its own for d'],
      [
        'ALTER POLICY contacts_select ON contacts USING (true)',
        'contacts: not exactly one policy of its own for r',
      ],
      [
        'ALTER POLICY contacts_insert ON contacts WITH CHECK (true)',
        'contacts: not exactly one policy of its own for a',
      ],
      [
        'ALTER POLICY contacts_update ON contacts WITH CHECK (true)',
        'contacts: not exactly one policy of its own for w',
      ],
      [
        'ALTER POLICY organizations_select ON organizations USING (true)',
        'organizations: not exactly one policy of its own for r',
      ],
      ['CREATE POLICY more ON contacts USING (true)', 'contacts: 5 policies for everybody'],
      [
        'CREATE POLICY more ON contacts TO frontdesk_app USING (true)',
        'contacts: policy more is for others than frontdesk_definer',
      ],
      [
        'CREATE POLICY more ON contacts TO frontdesk_definer, frontdesk_service USING (true)',
        'contacts: policy more is for others than frontdesk_definer',
      ],
      [table('x'), 'x: not exactly one policy of its own for r'],
    ],
  },
  'no policy contains a sub-select': {
    check: catalogue.policiesAreFlat,
    broken: [
      [
        'ALTER POLICY contacts_select ON contacts USING (org_id = (SELECT auth_org_id()))',
        'contacts: policy contacts_select contains a sub-select',
      ],
      [
        'ALTER POLICY contacts_insert ON contacts WITH CHECK (org_id IN (SELECT id FROM organizations))',
        'contacts: policy contacts_insert contains a sub-select',
      ],
    ],
  },
  'primary keys lead with the organization': {
    check: catalogue.primaryKeysLeadWithOrganization,
    exceptions: {
      'audit_logs: no primary key that leads with org_id': BY_MONTH,
      'connection_directory: no primary key that leads with org_id': DIRECTORY,
      'webhook_logs: no primary key that leads with org_id': BY_MONTH,
    },
    broken: [
      [table('x'), 'x: no primary key that leads with org_id'],
      [table('x', ', PRIMARY KEY (id, org_id)'), 'x: no primary key that leads with org_id'],
    ],
  },
  'what is unique is unique within an organization': {
    check: catalogue.uniquenessHoldsWithinOrganization,
    exceptions: {
      'audit_logs_pkey is unique across organizations': BY_MONTH,
      'connection_directory_address_key is unique across organizations': DIRECTORY,
      'connection_directory_connection_key is unique across organizations': DIRECTORY,
      'connection_directory_verify_token_key is unique across organizations': DIRECTORY,
      'webhook_logs_pkey is unique across organizations': BY_MONTH,
    },
    broken: [
      ['CREATE UNIQUE INDEX x ON contacts (phone)', 'x is unique across organizations'],
      ['ALTER TABLE contacts ADD CONSTRAINT x UNIQUE (email)', 'x is unique across organizations'],
    ],
  },
  'indexes lead with the organization': {
    check: catalogue.indexesLeadWithOrganization,
    exceptions: {
      'audit_logs_pkey does not lead with org_id': BY_MONTH,
      'connection_directory_address_key does not lead with org_id': DIRECTORY,
      'connection_directory_connection_key does not lead with org_id': DIRECTORY,
      'connection_directory_verify_token_key does not lead with org_id': DIRECTORY,
      'idx_api_keys_prefix does not lead with org_id':
        'find_api_keys() looks before an organization is known',
      'idx_contacts_service_interests does not lead with org_id':
        'GIN over the array; a uuid has no operator class there',
      'idx_idempotency_keys_created does not lead with org_id': 'expire_idempotency_keys() deletes by age',
      'idx_memberships_user does not lead with org_id': 'list_user_memberships() looks by person',
      'idx_phone_mappings_phone_number does not lead with org_id':
        'a sender is looked up over shared numbers',
      'idx_webhook_logs_external_id does not lead with org_id':
        'a delivery is looked up before its organization is known',
      'idx_webhook_logs_received_at does not lead with org_id': 'expire_webhook_logs() deletes by age',
      'webhook_logs_pkey does not lead with org_id': BY_MONTH,
    },
    broken: [['CREATE INDEX x ON contacts (name, org_id)', 'x does not lead with org_id']],
  },
  'foreign keys stay within an organization': {
    check: catalogue.foreignKeysStayWithinOrganization,
    broken: [
      [
        `CREATE UNIQUE INDEX y ON contacts (id); CREATE TABLE x (org_id uuid, contact uuid CONSTRAINT k REFERENCES contacts (id))`,
        'k on x does not carry org_id',
      ],
      [
        `CREATE TABLE x (their_org uuid, contact uuid, CONSTRAINT k FOREIGN KEY (their_org, contact) REFERENCES contacts (org_id, id))`,
        'k on x does not carry org_id',
      ],
      [
        `CREATE TABLE x (org_id uuid, their_org uuid, contact uuid, CONSTRAINT k FOREIGN KEY (their_org, contact) REFERENCES contacts (org_id, id))`,
        'k on x does not carry org_id',
      ],
      [
        table('x', ', CONSTRAINT k FOREIGN KEY (id) REFERENCES organizations (id)'),
        'k on x leads to an organization by another column than org_id',
      ],
    ],
  },
  'org_id cannot be changed': {
    check: catalogue.organizationsAreImmutable,
    broken: [
      ['DROP TRIGGER contacts_org_id_immutable ON contacts', 'contacts: org_id can be changed'],
      ['ALTER TABLE contacts DISABLE TRIGGER contacts_org_id_immutable', 'contacts: org_id can be changed'],
      [
        `DROP TRIGGER contacts_org_id_immutable ON contacts;
         CREATE TRIGGER x BEFORE UPDATE OF name ON contacts FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change()`,
        'contacts: org_id can be changed',
      ],
      [
        `DROP TRIGGER contacts_org_id_immutable ON contacts;
         CREATE TRIGGER x BEFORE UPDATE ON contacts FOR EACH ROW WHEN (false) EXECUTE FUNCTION prevent_org_id_change()`,
        'contacts: org_id can be changed',
      ],
    ],
  },
  'changes are audited, or there is a reason': {
    check: catalogue.changesAreAudited,
    broken: [
      [
        'DROP TRIGGER contacts_audit ON contacts',
        'contacts: neither a trigger for the audit trail nor a reason',
      ],
      [
        'ALTER TABLE contacts DISABLE TRIGGER contacts_audit',
        'contacts: neither a trigger for the audit trail nor a reason',
      ],
      [
        `DROP TRIGGER contacts_audit ON contacts;
         CREATE TRIGGER x AFTER INSERT OR UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION record_row_change()`,
        'contacts: neither a trigger for the audit trail nor a reason',
      ],
      [
        `COMMENT ON TABLE webhook_logs IS 'not row-audited: '`,
        'webhook_logs: neither a trigger for the audit trail nor a reason',
      ],
    ],
  },
  'secrets are hidden from the audit trail': {
    check: catalogue.secretsAreHidden,
    broken: [
      [
        'ALTER TABLE contacts ADD portal_password text',
        'contacts.portal_password is written to the audit trail',
      ],
      ['ALTER TABLE api_keys ADD hash_secret text', 'api_keys.hash_secret is written to the audit trail'],
    ],
  },
  'partitions are reached through their parents alone': {
    check: catalogue.partitionsAreClosed,
    broken: [
      [grantOnPartition('SELECT'), 'is granted to frontdesk_app'],
      [grantOnPartition('SELECT (id)'), 'id is granted to frontdesk_app'],
      [onPartition('CREATE POLICY x ON %s USING (true)'), 'has the policy x'],
    ],
  },
  'grants are for rows only, and never for everybody': {
    check: catalogue.grantsAreForRowsOnly,
    broken: [
      ['GRANT TRUNCATE ON contacts TO frontdesk_service', 'TRUNCATE on contacts for frontdesk_service'],
      ['GRANT SELECT ON users TO PUBLIC', 'SELECT on users for PUBLIC'],
      ['GRANT SELECT ON contacts TO frontdesk_app WITH GRANT OPTION', 'SELECT on contacts for frontdesk_app'],
      ['GRANT CREATE ON SCHEMA public TO frontdesk_definer', 'CREATE on schema public for frontdesk_definer'],
      [
        'ALTER DEFAULT PRIVILEGES FOR ROLE frontdesk_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC',
        'functions of frontdesk_owner are granted to PUBLIC as they are made',
      ],
    ],
  },
  'our roles are ordinary': {
    check: catalogue.rolesAreOrdinary,
    broken: [
      [
        'ALTER ROLE frontdesk_service BYPASSRLS',
        'frontdesk_service has more rights over the server than it may',
      ],
      ['ALTER ROLE frontdesk_owner SUPERUSER', 'frontdesk_owner has more rights over the server than it may'],
      ['ALTER ROLE frontdesk_definer LOGIN', 'frontdesk_definer can sign in'],
      ['GRANT frontdesk_definer TO frontdesk_app', 'frontdesk_app is a member of frontdesk_definer'],
    ],
  },
  'only the owner owns': {
    check: catalogue.onlyTheOwnerOwns,
    broken: [
      ['CREATE TABLE x ()', 'x belongs to '],
      ['ALTER TABLE contacts OWNER TO frontdesk_definer', 'contacts belongs to frontdesk_definer'],
      [
        'ALTER FUNCTION auth_org_id() OWNER TO frontdesk_definer',
        'auth_org_id() belongs to frontdesk_definer',
      ],
      [
        'ALTER FUNCTION find_api_keys(text) OWNER TO frontdesk_service',
        'find_api_keys(text) belongs to frontdesk_service',
      ],
    ],
  },
  'the roles that sign in have timeouts': {
    check: catalogue.timeoutsAreSet,
    broken: [
      ['ALTER ROLE frontdesk_app RESET statement_timeout', 'frontdesk_app has no statement_timeout'],
      ['ALTER ROLE frontdesk_service SET lock_timeout = 0', 'frontdesk_service has no lock_timeout'],
      [
        'ALTER ROLE frontdesk_app RESET idle_in_transaction_session_timeout',
        'frontdesk_app has no idle_in_transaction_session_timeout',
      ],
    ],
  },
  "functions with their owner's rights are fenced": {
    check: catalogue.definerFunctionsAreFenced,
    broken: [
      [
        'ALTER FUNCTION find_api_keys(text) RESET search_path',
        'find_api_keys(text) has no fixed search_path',
      ],
      [
        'ALTER FUNCTION find_api_keys(text) SET search_path = pg_temp, public',
        'find_api_keys(text) has no fixed search_path',
      ],
      [
        'GRANT EXECUTE ON FUNCTION find_api_keys(text) TO PUBLIC',
        'find_api_keys(text) is callable by everybody',
      ],
      ['CREATE FUNCTION x() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', 'x() is callable by everybody'],
    ],
  },
  "views ask with the caller's rights": {
    check: catalogue.viewsAskWithTheCallersRights,
    broken: [
      ['CREATE VIEW x AS SELECT id FROM contacts', "x shows rows with its owner's rights"],
      ['CREATE MATERIALIZED VIEW x AS SELECT id FROM contacts', "x shows rows with its owner's rights"],
    ],
  },
  'enumerations are domains with the names of the trade': {
    check: catalogue.enumerationsAreDomains,
    broken: [
      [`CREATE TYPE x AS ENUM ('a')`, 'x is an enumeration type'],
      ['DROP DOMAIN lead_score_type CASCADE', 'the domain lead_score_type does not allow hot, warm, cold'],
    ],
  },
};

/** `sql` with `%s` for a partition, whichever months there are. */
function onPartition(sql: string): string {
  return `DO $$ BEGIN EXECUTE format('${sql}', (SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass)); END $$`;
}

function grantOnPartition(right: string): string {
  return onPartition(`GRANT ${right} ON %s TO frontdesk_app`);
}

/** What is found after `sql`, which is undone. */
async function findingsAfter(sql: string, check: catalogue.Check): Promise<string[]> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    return await check(client);
  } catch (error) {
    // Roles belong to the whole server, and another test file may be preparing a database at this very moment.
    if (!String(error).includes('tuple concurrently updated')) throw error;
    await client.query('ROLLBACK');
    return await findingsAfter(sql, check);
  } finally {
    await client.query('ROLLBACK');
  }
}

describe.each(Object.entries(LAWS))('%s', (_name, { check, exceptions = {}, broken }) => {
  it('holds, but for the exceptions with a reason', async () => {
    expect(await check(client)).toEqual(Object.keys(exceptions).sort());
  });

  it.each(broken)('is found broken after: %s', async (sql, finding) => {
    const found = (await findingsAfter(sql, check)).filter((line) => !(line in exceptions));
    expect(found).toContainEqual(expect.stringContaining(finding));
  });
});

describe('docs/security.md', () => {
  const page = readFileSync(resolve(__dirname, '../../docs/security.md'), 'utf8');

  /** The rows of the table under a headline, cell by cell, without back-ticks. */
  function rowsUnder(headline: string): string[][] {
    const section = page.split('\n## ').find((text) => text.startsWith(headline)) ?? '';
    return section
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim().replaceAll('`', '')),
      );
  }

  async function cells(sql: string): Promise<string[][]> {
    const { rows } = await client.query<Record<string, string>>(sql);
    return rows.map((row) => Object.values(row));
  }

  const FUNCTIONS = `
    SELECT p.proname, p.proowner::regrole::text, (
      SELECT string_agg(g.grantee::regrole::text, ', ' ORDER BY g.grantee::regrole::text COLLATE "C")
      FROM aclexplode(p.proacl) g WHERE g.grantee <> p.proowner)
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef ORDER BY p.proname COLLATE "C"`;
  const DEFINER = `
    SELECT c.relname, string_agg(command, ', ' ORDER BY command COLLATE "C") FROM (
      SELECT polrelid, CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command
      FROM pg_policy WHERE 'frontdesk_definer'::regrole = ANY (polroles)
      UNION SELECT oid, privilege_type FROM pg_class, aclexplode(relacl) WHERE grantee = 'frontdesk_definer'::regrole
    ) may JOIN pg_class c ON c.oid = may.polrelid GROUP BY c.relname ORDER BY c.relname COLLATE "C"`;
  const GLOBAL = `
    SELECT c.relname, (SELECT string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C")
      FROM aclexplode(c.relacl) WHERE grantee = 'frontdesk_service'::regrole)
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped)
    ORDER BY c.relname COLLATE "C"`;

  it.each([
    ['Functions that run', 3, FUNCTIONS],
    ['What `frontdesk_definer` may see', 2, DEFINER],
    ['Tables of no organization', 2, GLOBAL],
  ])('lists under "%s" what the database has, each with a reason', async (headline, columns, sql) => {
    const listed = rowsUnder(headline);
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.map((row) => row.slice(0, columns))).toEqual(await cells(sql));
    for (const row of listed) expect(row[columns]).toMatch(/\w{3}/);
  });

  it('is right that requests have no right on a table of no organization but on organizations', async () => {
    const granted = await cells(`
      SELECT DISTINCT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'org_id' AND NOT attisdropped)
        AND (has_table_privilege('frontdesk_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
          OR has_any_column_privilege('frontdesk_app', c.oid, 'SELECT, INSERT, UPDATE'))`);
    expect(granted).toEqual([['organizations']]);
  });

  it('is right that requests do not reach the job queue', async () => {
    expect(
      await cells(`SELECT has_schema_privilege('frontdesk_app', 'graphile_worker', 'USAGE')::text`),
    ).toEqual([['false']]);
  });
});
