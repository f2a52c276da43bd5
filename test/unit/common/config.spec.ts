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

describe('mail', () => {
  const SMTP = { SMTP_URL: 'smtp://user:a-password@mail.example', MAIL_FROM: 'Desk <desk@example.com>' };

  it('goes where the environment says, and beside the data otherwise', () => {
    expect(loadConfig({ ...ENOUGH, ...SMTP }).mail).toEqual({
      from: SMTP.MAIL_FROM,
      transport: { smtpUrl: SMTP.SMTP_URL },
    });
    expect(loadConfig({ ...ENOUGH, MAIL_DIR: '/var/mails' }).mail.transport).toEqual({
      folder: '/var/mails',
    });
    expect(loadConfig({ ...ENOUGH, FRONTDESK_DATA_DIR: '/data' }).mail.transport).toEqual({
      folder: '/data/mails',
    });
  });

  it.each<[NodeJS.ProcessEnv, RegExp]>([
    [
      { NODE_ENV: 'production', PUBLIC_URL: 'https://desk.example', MEDIA_DIR: '/media' },
      /^SMTP_URL: .*MAIL_DIR/,
    ],
    [{ SMTP_URL: SMTP.SMTP_URL }, /^MAIL_FROM: is missing/],
    [{ ...SMTP, MAIL_DIR: '/mails' }, /^MAIL_DIR: /],
    [{ ...SMTP, SMTP_URL: 'http://user:a-password@mail.example' }, /^SMTP_URL: expected/],
    [{ ...SMTP, SMTP_URL: 'smtp://user:a-password@mail.example/path' }, /^SMTP_URL: expected/],
    [{ ...SMTP, SMTP_URL: 'smtp://user:a-password@mail.example?tls=maybe' }, /^SMTP_URL: expected/],
    [{ ...SMTP, MAIL_FROM: 'Desk' }, /^MAIL_FROM: expected/],
    [{ ...SMTP, MAIL_FROM: 'Desk\r\nBcc: <all@example.com>' }, /^MAIL_FROM: expected/],
    [{ CONSOLE_URL: 'javascript:alert(1)' }, /^CONSOLE_URL: expected/],
  ])('%j is refused in one line without a value', (env, line) => {
    const problems = problemsOf(env);
    expect(problems).toEqual([expect.stringMatching(line)]);
    expect(problems.join()).not.toContain('a-password');
  });
});

describe('files of messages', () => {
  const S3 = { S3_BUCKET: 'media', S3_REGION: 'eu-central-1' };
  const KEYS = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'a-secret-key' };

  it('go where the environment says, and beside the data otherwise', () => {
    expect(loadConfig({ ...ENOUGH, FRONTDESK_DATA_DIR: '/data' }).media).toEqual({
      maxBytes: 16 * 1_048_576,
      store: { folder: '/data/media' },
    });
    expect(loadConfig({ ...ENOUGH, MEDIA_DIR: '/files' }).media.store).toEqual({ folder: '/files' });
    expect(loadConfig({ ...ENOUGH, ...S3 }).media.store).toEqual({
      bucket: 'media',
      endpoint: undefined,
      region: 'eu-central-1',
      credentials: undefined,
    });
    const store = { ...KEYS, S3_BUCKET: 'media', S3_ENDPOINT: 'https://s3.example' };
    expect(loadConfig({ ...ENOUGH, ...store }).media.store).toEqual({
      bucket: 'media',
      endpoint: 'https://s3.example',
      region: 'us-east-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'a-secret-key' },
    });
  });

  it.each<[NodeJS.ProcessEnv, RegExp]>([
    [
      { NODE_ENV: 'production', PUBLIC_URL: 'https://desk.example', MAIL_DIR: '/mails' },
      /^MEDIA_DIR: is missing.*S3_BUCKET/,
    ],
    [{ ...S3, MEDIA_DIR: '/files' }, /^MEDIA_DIR: stands beside S3_BUCKET/],
    [{ S3_BUCKET: 'media' }, /^S3_REGION: is missing/],
    [{ S3_ENDPOINT: 'https://s3.example' }, /^S3_BUCKET: is missing/],
    [{ ...S3, S3_ACCESS_KEY_ID: 'id' }, /^S3_SECRET_ACCESS_KEY: is missing/],
    [{ ...S3, S3_SECRET_ACCESS_KEY: 'a-secret-key' }, /^S3_ACCESS_KEY_ID: is missing/],
    [{ MEDIA_MAX_MB: '0' }, /^MEDIA_MAX_MB: expected/],
  ])('%j is refused in one line without a value', (env, line) => {
    const problems = problemsOf(env);
    expect(problems).toEqual([expect.stringMatching(line)]);
    expect(problems.join()).not.toContain('a-secret-key');
  });
});

describe('identity providers', () => {
  const PROVIDER = { issuer: 'https://login.example', audience: 'frontdesk' };
  const oidc = (value: unknown) => ({ OIDC_PROVIDERS: JSON.stringify(value) });

  it('are none unless they are named', () => {
    expect(loadConfig(ENOUGH).identityProviders).toEqual([]);
    expect(loadConfig({ ...ENOUGH, ...oidc([PROVIDER]) }).identityProviders).toEqual([
      {
        issuer: 'https://login.example',
        audiences: ['frontdesk'],
        jwksUrl: undefined,
        organizationClaim: 'organization',
        organizations: [],
        emailDomains: [],
      },
    ]);
  });

  it.each([
    'https://login.example',
    PROVIDER,
    ['https://login.example'],
    [{ ...PROVIDER, issuer: 'login.example' }],
    [{ ...PROVIDER, issuer: 'https://login.example?x=1' }],
    [{ ...PROVIDER, audience: undefined }],
    [{ ...PROVIDER, audience: [] }],
    [{ ...PROVIDER, audience: [''] }],
    [{ ...PROVIDER, jwksUrl: 'file:///etc/keys' }],
    [{ ...PROVIDER, organizationClaim: '' }],
    [{ ...PROVIDER, organizations: ['a-slug'] }],
    [{ ...PROVIDER, emailDomains: ['Clinic.example'] }],
    [{ ...PROVIDER, email_domains: ['clinic.example'] }],
    [PROVIDER, PROVIDER],
  ])('are refused by name, without what was given: %j', (value) => {
    const [problem, ...more] = problemsOf(oidc(value));
    expect(problem).toMatch(/^OIDC_PROVIDERS: expected /);
    expect(problem).not.toContain('login');
    expect(more).toEqual([]);
  });

  it.each([{ issuer: 'http://login.example' }, { jwksUrl: 'http://login.example/keys' }])(
    'speak TLS in production: %j',
    (part) => {
      const providers = oidc([{ ...PROVIDER, ...part }]);
      const told = (env: NodeJS.ProcessEnv) =>
        problemsOf({ ...providers, ...env }).filter((line) => line.startsWith('OIDC_PROVIDERS'));
      expect(told({ NODE_ENV: 'production' })).toHaveLength(1);
      expect(told({})).toEqual([]);
    },
  );
});
