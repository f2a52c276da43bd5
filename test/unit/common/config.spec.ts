import { ConfigError, loadConfig } from '../../../src/common/config';

const ENOUGH = {
  DATABASE_URL: 'postgres://someone@127.0.0.1/frontdesk',
  DATABASE_APP_PASSWORD: 'a-password-for-tests',
  DATABASE_SERVICE_PASSWORD: 'a-password-for-tests',
  JWT_SECRET: 'a-secret-for-tests-that-is-long-enough',
  MASTER_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig({ ...ENOUGH, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the public address', () => {
  it.each([
    [{}, 'http://127.0.0.1:3000'],
    [{ HOST: 'desk.local', PORT: '80' }, 'http://desk.local:80'],
    [{ HOST: '::1', PORT: '4000' }, 'http://[::1]:4000'],
    [{ HOST: '::', PUBLIC_URL: 'https://desk.example/' }, 'https://desk.example'],
  ])('of %j is %s', (env, url) => {
    const { publicUrl } = loadConfig({ ...ENOUGH, ...env }).http;
    expect(publicUrl).toBe(url);
    expect(URL.canParse(publicUrl)).toBe(true);
  });

  it.each([{ PORT: '0' }, { HOST: '0.0.0.0' }, { HOST: '::' }])(
    'must be given with %j, which makes none that others can call',
    (env) => {
      expect(problemsOf(env)).toEqual([
        expect.stringMatching(/^PUBLIC_URL: is needed where (PORT|HOST) is /),
      ]);
      expect(problemsOf({ ...env, PUBLIC_URL: 'http://desk.example' })).toEqual([]);
    },
  );

  it('is asked for once in production', () =>
    expect(
      problemsOf({ NODE_ENV: 'production', PORT: '0' }).filter((line) => line.startsWith('PUBLIC_URL')),
    ).toHaveLength(1));
});
