import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { aDatabase, testApp, testEnvironment, type TestApp, type TestDatabase } from '../support';

const PROGRAM = resolve(__dirname, '../../dist/tools/create-organization.js');

describe('npm run organization:create', () => {
  let db: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    db = await aDatabase();
    app = await testApp({ db, env: { ROLE: 'api' } });
  });
  afterAll(async () => {
    await app.stop();
    await db.drop();
  });

  /** Runs the built program on the test's database. */
  function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = {
      PATH: process.env['PATH'],
      ...testEnvironment(db, 0),
      PUBLIC_URL: 'http://127.0.0.1:1',
      LOG_LEVEL: 'info',
    };
    return new Promise((done) => {
      execFile(process.execPath, [PROGRAM, ...args], { env, cwd: tmpdir() }, (error, stdout, stderr) => {
        done({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
    });
  }

  it('makes an organization whose owner can sign in with the password that is printed', async () => {
    const made = await run(
      '--name',
      'Sunrise Clinic',
      '--slug',
      'sunrise',
      '--email',
      'Owner@Sunrise.example',
      '--first-name',
      'Olga',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const password = made.stdout.trim().split(' ').at(-1);
    const signIn = await app
      .http()
      .post('/api/v1/auth/sign-in')
      .send({ email: 'owner@sunrise.example', password });
    expect(signIn.body).toMatchObject({
      role: 'owner',
      user: { firstName: 'Olga', lastName: '' },
      organization: { name: 'Sunrise Clinic', slug: 'sunrise' },
    });

    const again = await run('--name', 'Another', '--slug', 'sunrise', '--email', 'other@sunrise.example');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr.trim().split('\n')).toHaveLength(1);

    // They keep their password: no other is shown.
    const second = await run('--name', 'Sunset', '--slug', 'sunset', '--email', 'owner@sunrise.example');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/^Sunset is there\. .*with the password they have\.\n$/);
  });

  it.each([
    [[], /organization:create -- --name/],
    [['--colour', 'red'], /organization:create -- --name/],
    [['--name', 'X', '--slug', 'Not A Slug', '--email', 'x@example.test'], /slug/],
  ])('says what is wrong with %j, in one line, and makes nothing', async (args, line) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
