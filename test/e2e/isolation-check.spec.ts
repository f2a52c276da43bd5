import { Client } from 'pg';
import {
  CHECKS,
  describe as describeDatabase,
  examineCatalogue,
  EXCEPTIONS,
  probe,
  Session,
  type Ask,
} from '../../src/common/isolation';
import expected from '../../src/common/isolation/expected.json';
import { aDatabase, type TestDatabase } from '../support';
import { SABOTAGE, type Sabotage } from '../support/isolation/sabotage';

let db: TestDatabase;
let client: Client;
const ask: Ask = (sql, params) => new Session(client).ask(sql, params);

beforeAll(async () => {
  db = await aDatabase();
  client = new Client({ connectionString: db.adminUrl, options: '-c search_path=public' });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await db.drop();
});

/** Runs `work` on what `sql` leaves, and undoes all of it. */
async function after<T>(sql: string, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    return await work();
  } catch (error) {
    // Roles belong to the whole server, and another test file may be preparing a database at this very moment.
    if (!String(error).includes('tuple concurrently updated')) throw error;
    await client.query('ROLLBACK');
    return await after(sql, work);
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Does what the findings say where it is SQL, again until that changes nothing more, and tells what is left. */
async function mend(first: Awaited<ReturnType<typeof examineCatalogue>>): Promise<string[]> {
  for (let round = 0, findings = first; ; round++, findings = await examineCatalogue(ask)) {
    const statements = findings.map(({ remedy }) => remedy).filter((remedy) => remedy.endsWith(';'));
    if (statements.length === 0 || round === 5) return findings.map(({ remedy }) => remedy);
    for (const statement of new Set(statements)) {
      await client.query('SAVEPOINT remedy');
      // One may need another to be done before: then the next round does it.
      await client.query(statement).catch(() => client.query('ROLLBACK TO SAVEPOINT remedy'));
    }
  }
}

describe('a migrated database', () => {
  it('is clean', async () => {
    expect(await examineCatalogue(ask)).toEqual([]);
  });

  it('is what expected.json says', async () => {
    expect(await describeDatabase(ask)).toEqual(expected);
  });

  it('has every exception that there is a reason for', async () => {
    const found: Record<string, string[]> = {};
    for (const check of CHECKS) {
      const findings = await check.find(ask);
      if (findings.length > 0) found[check.name] = [...new Set(findings.map(({ object }) => object))].sort();
    }
    const reasons = Object.entries(EXCEPTIONS).map(([name, objects]) => [name, Object.keys(objects).sort()]);
    expect(found).toEqual(Object.fromEntries(reasons));
  });
});

describe.each(Object.entries(SABOTAGE))('the check of %s', (check, cases) => {
  it.each(cases.map((one) => [one.sql, one] as const))('finds: %s', async (_sql, one: Sabotage) => {
    const { sql, object, problem, left = [] } = one;
    await after(sql, async () => {
      const findings = await examineCatalogue(ask);
      expect(findings).toContainEqual({
        check,
        object: expect.stringMatching(object),
        problem: expect.stringContaining(problem),
        remedy: expect.stringMatching(/\S/),
      });
      expect(await mend(findings)).toEqual(left.map((words) => expect.stringContaining(words)));
    });
  });
});

it('finds that a role is missing', async () => {
  await after('ALTER ROLE frontdesk_definer RENAME TO frontdesk_nobody', async () => {
    expect(await examineCatalogue(ask)).toContainEqual({
      check: 'roles',
      object: 'frontdesk_definer',
      problem: 'the role does not exist',
      remedy: 'npm run migration:run',
    });
  });
});

it('sabotages something for every check', () => {
  expect(Object.keys(SABOTAGE).sort()).toEqual(
    CHECKS.map(({ name }) => name)
      .filter((name) => name !== 'sessions')
      .sort(),
  );
});

describe('the check of sessions', () => {
  it('finds a server that is connected as somebody else', async () => {
    const url = new URL(db.adminUrl);
    url.searchParams.set('application_name', 'frontdesk');
    const other = new Client({ connectionString: url.toString() });
    await other.connect();
    try {
      expect(await examineCatalogue(ask)).toEqual([
        {
          check: 'sessions',
          object: url.username,
          problem: 'the server is connected under this role',
          remedy: expect.stringContaining('DATABASE_URL'),
        },
      ]);
    } finally {
      await other.end();
    }
  });
});

describe('probes', () => {
  /** What gets from one organization to the other after `sql`. */
  const found = (sql: string) =>
    after(sql, async () => {
      const { findings, probed } = await probe(new Session(client));
      expect(probed).toBeGreaterThan(15);
      return findings.map(({ object, problem }) => `${object}: ${problem}`);
    });

  it('get nowhere, in any table, and leave nothing', async () => {
    const count = async () => (await ask<{ n: string }>('SELECT count(*) AS n FROM organizations'))[0];
    const before = await count();
    expect(await found('SELECT')).toEqual([]);
    expect(await count()).toEqual(before);
  });

  it.each([
    [
      'ALTER POLICY contacts_select ON contacts USING (org_id = auth_org_id() OR phone IS NULL)',
      'contacts: frontdesk_app reads rows of another organization',
    ],
    [
      'ALTER POLICY contacts_select ON contacts USING (org_id = auth_org_id() OR auth_org_id() IS NULL)',
      'contacts: frontdesk_service reads rows of an organization without having one',
    ],
    [
      'ALTER POLICY contacts_insert ON contacts WITH CHECK (true)',
      'contacts: frontdesk_app adds rows of another organization',
    ],
    [
      'ALTER POLICY contacts_select ON contacts USING (true); ALTER POLICY contacts_update ON contacts USING (true) WITH CHECK (true)',
      'contacts: frontdesk_app changes rows of another organization',
    ],
    [
      'ALTER POLICY message_tallies_select ON message_tallies USING (true); ALTER POLICY message_tallies_delete ON message_tallies USING (true)',
      'message_tallies: frontdesk_service removes rows of another organization',
    ],
    [
      'ALTER POLICY contacts_select ON contacts USING (true); ALTER POLICY contacts_update ON contacts WITH CHECK (true); DROP TRIGGER contacts_org_id_immutable ON contacts',
      'contacts: frontdesk_app moves rows to another organization',
    ],
    [
      'ALTER POLICY organizations_select ON organizations USING (true)',
      'organizations: frontdesk_app reads rows of another organization',
    ],
    ['ALTER ROLE frontdesk_app BYPASSRLS', 'messages: frontdesk_app reads rows of another organization'],
    [
      'ALTER TABLE message_templates NO FORCE ROW LEVEL SECURITY',
      'message_templates: frontdesk_owner reads rows of another organization',
    ],
    [
      'CREATE POLICY x ON contacts USING (true)',
      'contacts: frontdesk_service reads rows of another organization',
    ],
  ])('get through after: %s', async (sql, finding) => {
    expect(await found(sql)).toContain(finding);
  });

  it('tell of a table that no row can be made in', async () => {
    expect(await found('ALTER TABLE contacts ADD CONSTRAINT x CHECK (org_id IS NULL)')).toContainEqual(
      expect.stringMatching(/^contacts: no row could be made to probe it with: .*"x"/),
    );
  });
});
