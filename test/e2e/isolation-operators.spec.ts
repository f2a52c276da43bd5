import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { CHECKS } from '../../src/common/isolation';
import { Tenancy } from '../../src/modules/tenancy';
import {
  aDatabase,
  anOrganization,
  as,
  PASSWORD,
  testApp,
  testEnvironment,
  type TestApp,
  type TestDatabase,
} from '../support';
import { ensureBuilt } from '../support/server-process';

const PROGRAM = resolve(__dirname, '../../dist/tools/isolation-check.js');
const BROKEN = 'GRANT SELECT ON users TO frontdesk_app';
const MENDED = 'REVOKE SELECT ON TABLE users FROM frontdesk_app;';
const FINDING = { check: 'rights', object: 'users', problem: 'frontdesk_app may SELECT', remedy: MENDED };

let app: TestApp;
let db: TestDatabase;
let operator: string;

beforeAll(async () => {
  app = await testApp();
  db = app.db;
  await app.nest.get(Tenancy).createOrganization({
    name: 'Operations',
    slug: 'operations',
    timezone: 'UTC',
    defaultCountry: 'DE',
    isPlatformOwner: true,
    owner: { email: 'operator@example.test', password: PASSWORD, firstName: 'Otto', lastName: 'Operator' },
  });
  const { body } = await app
    .http()
    .post('/api/v1/auth/sign-in')
    .send({ email: 'operator@example.test', password: PASSWORD })
    .expect(200);
  operator = String((body as { accessToken: unknown }).accessToken);
});
afterAll(() => app.stop());

describe('GET /platform/isolation-check', () => {
  const ask = () => as(app, operator).get('/platform/isolation-check');

  it('is for the operator of the installation alone', async () => {
    const { ownerToken } = await anOrganization(app);
    await as(app, ownerToken).get('/platform/isolation-check').expect(403);
    await app.http().get('/api/v1/platform/isolation-check').expect(401);
  });

  it('finds nothing in a migrated database that is in use', async () => {
    const { body } = await ask().expect(200);
    expect(body).toEqual({ checkedAt: expect.any(String), checks: CHECKS.length + 3, findings: [] });
  });

  it('tells each finding with its remedy', async () => {
    await db.query(BROKEN);
    try {
      const { body } = await ask().expect(200);
      expect(body).toMatchObject({ findings: [FINDING] });
    } finally {
      await db.query(MENDED);
    }
  });

  it('finds with its own connections that rows can be seen', async () => {
    await db.query('ALTER POLICY organizations_select ON organizations USING (true)');
    const { body } = await ask().expect(200);
    const { findings } = body as { findings: { check: string; problem: string; remedy: string }[] };
    const problems = findings.filter(({ check }) => check === 'connections').map(({ problem }) => problem);
    const sees = 'reads rows without an organization, or with one that does not exist';
    // The service pool is tried without an organization, and with one that does not exist.
    expect(problems).toEqual([
      `frontdesk_service ${sees}`,
      `frontdesk_service ${sees}`,
      `frontdesk_app ${sees}`,
    ]);
    for (const { check, remedy } of findings) if (check === 'policies') await db.query(remedy);
    expect((await ask()).body).toMatchObject({ findings: [] });
  });

  it('examines once for all who ask at the same time', async () => {
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(answers.map(({ body }) => (body as { checkedAt: string }).checkedAt)).size).toBe(1);
  });
});

describe('npm run isolation:check', () => {
  beforeAll(() => ensureBuilt(), 120_000);

  /** Runs the built program. */
  function run(env: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
    const all = {
      PATH: process.env['PATH'],
      ...testEnvironment(db, 0),
      PUBLIC_URL: 'http://127.0.0.1:1',
      LOG_LEVEL: 'info',
      ...env,
    };
    return new Promise((done) => {
      execFile(process.execPath, [PROGRAM], { env: all, cwd: tmpdir() }, (error, stdout, stderr) => {
        done({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
    });
  }

  it('ends with 0 when nothing is found, and leaves nothing', async () => {
    const rows = () =>
      db.query(
        'SELECT (SELECT count(*) FROM organizations) AS organizations, (SELECT count(*) FROM audit_logs) AS audit',
      );
    const before = await rows();
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Isolation holds: nothing found, \d\d+ tables and partitions probed\.\n$/);
    expect(await rows()).toEqual(before);
  });

  it('ends with 1 and prints a line for each finding, with its remedy', async () => {
    await db.query(BROKEN);
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `rights: users: frontdesk_app may SELECT. Remedy: ${MENDED}`,
      expect.stringMatching(/^1 finding, \d\d+ tables and partitions probed\.$/),
      '',
    ]);
    await db.query(MENDED);
    expect((await run()).code).toBe(0);
  });

  it.each([
    [
      'a server that does not answer',
      () => 'postgres://nobody@127.0.0.1:1/none',
      /^DATABASE_URL: .*ECONNREFUSED/,
    ],
    [
      'a user who may not look',
      () => db.urlAs('frontdesk_app'),
      /^DATABASE_URL: its user may not prepare the database/,
    ],
  ])('ends with 2 and says why: %s', async (_what, url, line) => {
    const { code, stdout, stderr } = await run({ DATABASE_URL: url() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('ends with 2 when the database is of another version', async () => {
    const other = await aDatabase();
    try {
      await other.query('DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)');
      const { code, stdout, stderr } = await run({ DATABASE_URL: other.adminUrl });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^The database lacks migrations of this version: run npm run migration:run/);
    } finally {
      await other.drop();
    }
  });
});
