import { newId, type OrgScope, type Uuid } from '../../src/common/context';
import type { Database } from '../../src/common/database';
import { testApp, type TestApp } from '../support';

const ORGANIZATIONS = 200;
const UNITS = 20_000;
const AT_ONCE = 32;
const ROWS_EACH = 3;
const DIVISION_BY_ZERO = '22012';
const INSUFFICIENT_PRIVILEGE = '42501';
const QUERY_CANCELED = '57014';

let app: TestApp;
let database: Database;
const orgIds = Array.from({ length: ORGANIZATIONS }, () => newId());

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api', DATABASE_POOL_SIZE: '4', LOG_LEVEL: 'error' } });
  database = app.database;
  await app.db.query(
    `INSERT INTO organizations (id, name, slug) SELECT id, 'Organization', 'org-' || n FROM unnest($1::uuid[]) WITH ORDINALITY o (id, n)`,
    [orgIds],
  );
  await app.db.query(
    `INSERT INTO contacts (org_id, id, name) SELECT o, gen_random_uuid(), o::text FROM unnest($1::uuid[]) o, generate_series(1, $2)`,
    [orgIds, ROWS_EACH],
  );
});
afterAll(() => app.stop());

/** Numbers that look random and are the same in every run (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

function scopeOf(orgId: Uuid, pool: OrgScope['pool']): OrgScope {
  return { orgId, actor: { type: 'user', id: orgId }, requestId: newId(), pool };
}

/** Reads without a condition: row-level security alone decides what is seen. */
async function lookAround(orgId: Uuid): Promise<void> {
  const rows = await database.tx.query<{ org_id: string; name: string; at_hand: string }>(
    'SELECT org_id, name, auth_org_id() AS at_hand FROM contacts',
  );
  const foreign = rows.filter((row) => row.org_id !== orgId || row.name !== orgId || row.at_hand !== orgId);
  if (foreign.length > 0 || rows.length !== ROWS_EACH)
    throw new Error(`saw ${rows.length} rows, ${foreign.length} of them wrong`);
}

async function expectFailure(failing: Promise<unknown>, code: string | RegExp): Promise<void> {
  const error = await failing.then(
    () => undefined,
    (reason: unknown) => reason as Error & { code?: string },
  );
  const fits = typeof code === 'string' ? error?.code === code : code.test(String(error));
  if (!fits) throw new Error(`expected ${String(code)}, got ${String(error)}`);
}

type Unit = (scope: OrgScope) => Promise<void>;

/** What a unit of work can be. Each leaves the connection to the next one, of whatever organization. */
const UNITS_OF_WORK: Readonly<Record<string, Unit>> = {
  read: ({ orgId, ...scope }) => database.runInOrg({ orgId, ...scope }, () => lookAround(orgId)),

  'only read': ({ orgId, ...scope }) =>
    database.runInOrg({ orgId, ...scope, readOnly: true }, () => lookAround(orgId)),

  write: (scope) =>
    database.runInOrg(scope, async () => {
      const touched = await database.tx.execute(`UPDATE contacts SET notes = 'touched ' || $1`, [
        scope.requestId,
      ]);
      if (touched !== ROWS_EACH) throw new Error(`touched ${touched} rows`);
      await lookAround(scope.orgId);
    }),

  'write and think again': (scope) =>
    expectFailure(
      database.runInOrg(scope, async () => {
        await database.tx.query(`UPDATE contacts SET name = 'undone'`);
        throw new Error('thought again');
      }),
      /thought again/,
    ),

  'fail in the database': (scope) =>
    expectFailure(
      database.runInOrg(scope, async () => {
        await lookAround(scope.orgId);
        await database.tx.query('SELECT 1 / 0');
      }),
      DIVISION_BY_ZERO,
    ),

  'swallow a failure': (scope) =>
    expectFailure(
      database.runInOrg(scope, async () => {
        await database.tx.query('SELECT 1 / 0').catch(() => undefined);
      }),
      /had failed and was rolled back/,
    ),

  'swallow a failure while reading': (scope) =>
    expectFailure(
      database.runInOrg({ ...scope, readOnly: true }, async () => {
        await database.tx.query('SELECT 1 / 0').catch(() => undefined);
      }),
      /had failed and was rolled back/,
    ),

  'reach for another organization': (scope) =>
    expectFailure(
      database.runInOrg(scope, () =>
        database.tx.query('INSERT INTO contacts (org_id, id) VALUES ($1, $2)', [
          otherThan(scope.orgId),
          newId(),
        ]),
      ),
      INSUFFICIENT_PRIVILEGE,
    ),

  'leave a statement running': (scope) => {
    let late: Promise<void> | undefined;
    return database
      .runInOrg(scope, async () => {
        late = lookAround(scope.orgId);
      })
      .then(() => late);
  },

  'come late': async (scope) => {
    const tx = await database.runInOrg(scope, async () => {
      await lookAround(scope.orgId);
      return database.tx;
    });
    await expectFailure(tx.query('SELECT org_id FROM contacts'), /has ended/);
  },

  'come first when all is over': async (scope) => {
    const tx = await database.runInOrg(scope, async () => database.tx);
    await expectFailure(tx.query('SELECT org_id FROM contacts'), /has ended/);
  },

  'time out': (scope) =>
    expectFailure(
      database.runInOrg(scope, async () => {
        await database.tx.query(`SET LOCAL statement_timeout = '5ms'`);
        await database.tx.query('SELECT pg_sleep(5)');
      }),
      QUERY_CANCELED,
    ),

  'lose the connection': (scope) =>
    expectFailure(
      database.runInOrg(scope, async () => {
        await lookAround(scope.orgId);
        await database.tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
        await lookAround(scope.orgId);
      }),
      /57P01|terminat|not queryable|ECONNRESET/,
    ),

  'work without an organization': async () => {
    const seen = await database.platform('SELECT org_id FROM contacts');
    const inside = await database.runAsPlatform(() => database.tx.query('SELECT org_id FROM contacts'));
    if (seen.length + inside.length > 0) throw new Error('rows without an organization');
  },
};

function otherThan(orgId: Uuid): Uuid {
  return orgIds.find((id) => id !== orgId)!;
}

/** How often of 200: reads and writes are the daily bread, a lost connection costs a new one. */
const MIX: readonly (readonly [keyof typeof UNITS_OF_WORK, number])[] = [
  ['read', 20],
  ['only read', 40],
  ['write', 30],
  ['write and think again', 20],
  ['fail in the database', 20],
  ['swallow a failure', 10],
  ['swallow a failure while reading', 5],
  ['reach for another organization', 15],
  ['leave a statement running', 12],
  ['come late', 10],
  ['come first when all is over', 4],
  ['work without an organization', 12],
  ['time out', 1],
  ['lose the connection', 1],
];
const DECK = MIX.flatMap(([name, weight]) => Array.from({ length: weight }, () => name));

it('shows no organization a row of another, whatever happens on its connection', async () => {
  expect(new Set(DECK)).toEqual(new Set(Object.keys(UNITS_OF_WORK)));
  expect(DECK).toHaveLength(200);
  const roll = dice(4711);
  const done = new Map<string, number>();
  const failures: string[] = [];
  let left = UNITS;
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const name = DECK[roll(DECK.length)]!;
      const scope = scopeOf(orgIds[roll(orgIds.length)]!, roll(2) === 0 ? 'app' : 'service');
      done.set(name, (done.get(name) ?? 0) + 1);
      await UNITS_OF_WORK[name]!(scope).catch((error: unknown) => failures.push(`${name}: ${String(error)}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));

  expect(failures.slice(0, 10)).toEqual([]);
  expect([...done.values()].reduce((sum, count) => sum + count, 0)).toBe(UNITS);
  for (const [name] of MIX) expect(done.get(name)).toBeGreaterThan(UNITS / 1_000);
  const [whole] = await app.db.query<{ wrong: string; rows: string }>(
    'SELECT count(*) FILTER (WHERE name <> org_id::text) AS wrong, count(*) AS rows FROM contacts',
  );
  expect(whole).toEqual({ wrong: '0', rows: String(ORGANIZATIONS * ROWS_EACH) });
  for (const { total, idle, waiting } of database.poolFigures()) {
    expect(total).toBeLessThanOrEqual(4);
    expect({ used: total - idle, waiting }).toEqual({ used: 0, waiting: 0 });
  }
});
