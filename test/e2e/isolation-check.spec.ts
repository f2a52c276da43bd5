import { Client } from 'pg';
import {
  CHECKS,
  describe as describeDatabase,
  examineCatalogue,
  EXCEPTIONS,
  type Ask,
} from '../../src/common/isolation';
import expected from '../../src/common/isolation/expected.json';
import { aDatabase, type TestDatabase } from '../support';
import { SABOTAGE, type Sabotage } from '../support/isolation/sabotage';

let db: TestDatabase;
let client: Client;
const ask: Ask = async (sql, params = []) => (await client.query(sql, [...params])).rows;

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
async function mend(): Promise<string[]> {
  for (let round = 0; ; round++) {
    const findings = await examineCatalogue(ask);
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
      expect(await mend()).toEqual(left.map((words) => expect.stringContaining(words)));
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
