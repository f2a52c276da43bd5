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

const DIRECTORY = 'its purpose is uniqueness over the whole installation';
const BY_MONTH = 'partitioned by month: the key must hold the time, and the organization can be unknown';

const LAWS: Readonly<Record<string, Law>> = {
  'indexes lead with the organization': {
    check: catalogue.indexesLeadWithOrganization,
    exceptions: {
      'audit_logs_pkey does not lead with org_id': BY_MONTH,
      'connection_directory_address_key does not lead with org_id': DIRECTORY,
      'connection_directory_connection_key does not lead with org_id': DIRECTORY,
      'connection_directory_number_key does not lead with org_id': DIRECTORY,
      'idx_connection_directory_account does not lead with org_id': DIRECTORY,
      'connection_directory_verify_token_key does not lead with org_id': DIRECTORY,
      'idx_api_keys_prefix does not lead with org_id':
        'find_api_keys() looks before an organization is known',
      'idx_calls_open does not lead with org_id':
        'calls whose end nobody told are found over all organizations',
      'idx_contacts_service_interests does not lead with org_id':
        'GIN over the array; a uuid has no operator class there',
      'idx_conversations_window does not lead with org_id':
        'windows that are about to close are found over all organizations',
      'idx_idempotency_keys_created does not lead with org_id': 'expire_idempotency_keys() deletes by age',
      'idx_media_files_expires does not lead with org_id':
        'uploads that nobody sent are found over all organizations',
      'idx_media_files_pending does not lead with org_id':
        'files that nobody fetches are found over all organizations',
      'idx_memberships_user does not lead with org_id': 'list_user_memberships() looks by person',
      'idx_messages_held does not lead with org_id':
        'messages whose time has come are found over all organizations',
      'idx_phone_mappings_phone_number does not lead with org_id':
        'a sender is looked up over shared numbers',
      'idx_shared_number_members_connection does not lead with org_id':
        'a status over a shared number names a member’s connection before its organization is known',
      'idx_webhook_logs_external_id does not lead with org_id':
        'a delivery is looked up before its organization is known',
      'idx_webhook_logs_received_at does not lead with org_id': 'expire_webhook_logs() deletes by age',
      'webhook_logs_pkey does not lead with org_id': BY_MONTH,
    },
    broken: [['CREATE INDEX x ON contacts (name, org_id)', 'x does not lead with org_id']],
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
        'DROP TRIGGER contacts_audit_change ON contacts',
        'contacts: neither a trigger for the audit trail nor a reason',
      ],
      [
        `DROP TRIGGER messages_audit_change ON messages;
         CREATE TRIGGER x AFTER UPDATE ON messages FOR EACH ROW
           WHEN (current_setting('app.actor_type', true) = 'user') EXECUTE FUNCTION record_row_change()`,
        'messages: neither a trigger for the audit trail nor a reason',
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
  'enumerations are domains with the names of the trade': {
    check: catalogue.enumerationsAreDomains,
    broken: [
      [`CREATE TYPE x AS ENUM ('a')`, 'x is an enumeration type'],
      ['DROP DOMAIN lead_score_type CASCADE', 'the domain lead_score_type does not allow hot, warm, cold'],
    ],
  },
};

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
