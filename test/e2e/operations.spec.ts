import { setTimeout as sleep } from 'node:timers/promises';
import { isUuid, newId } from '../../src/common/context';
import { MIGRATIONS } from '../../src/migrations';
import { aDatabase, anOrganization, as, testApp, type TestApp, type TestDatabase } from '../support';
import { aCuttableLine } from '../support/cuttable-line';

const METRICS = { authorization: 'Bearer metrics-token-for-tests' };

let app: TestApp;

beforeAll(async () => (app = await testApp({ env: { ROLE: 'api' } })));
afterAll(() => app.stop());

/** What every refusal looks like. */
function problem(status: number, code: string): unknown {
  return {
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    requestId: expect.any(String),
  };
}

/** The state of the database is remembered for a second. */
const FORGOTTEN_MS = 1_100;

describe('health', () => {
  it('says that the process lives', async () => {
    const { body } = await app.http().get('/health/live').expect(200);
    expect(body).toEqual({ status: 'live' });
  });

  it('says that the process is ready', async () => {
    const { body } = await app.http().get('/health/ready').expect(200);
    expect(body).toEqual({ ready: true, database: 'up', migrations: 'current', jobLagSeconds: 0 });
  });

  it('asks the database once a second, whoever asks how often', async () => {
    await sleep(FORGOTTEN_MS);
    const asked = jest.spyOn(app.database, 'platform');
    try {
      await Promise.all(Array.from({ length: 10 }, () => app.http().get('/health/ready').expect(200)));
      await app.http().get('/health/ready').expect(200);
      expect(asked).toHaveBeenCalledTimes(1);
      await sleep(FORGOTTEN_MS);
      await app.http().get('/health/ready').expect(200);
      expect(asked).toHaveBeenCalledTimes(2);
    } finally {
      asked.mockRestore();
    }
  });

  it('is not ready while the database lacks a migration', async () => {
    const last = MIGRATIONS.at(-1)?.name;
    const [row] = await app.db.query<{ timestamp: string; name: string }>(
      'DELETE FROM migrations WHERE name = $1 RETURNING timestamp, name',
      [last],
    );
    await sleep(FORGOTTEN_MS);
    const { body } = await app.http().get('/health/ready').expect(503);
    expect(body).toMatchObject({ ready: false, database: 'up', migrations: 'pending' });
    await app.http().get('/health/live').expect(200);
    await app.db.query('INSERT INTO migrations (timestamp, name) VALUES ($1, $2)', [
      row?.timestamp,
      row?.name,
    ]);
    await sleep(FORGOTTEN_MS);
    await app.http().get('/health/ready').expect(200);
  });

  it('is not ready while jobs wait for too long', async () => {
    await app.db.query(
      `SELECT graphile_worker.add_job('audit.maintain-partitions', '{}', run_at := now() - interval '10 minutes')`,
    );
    await sleep(FORGOTTEN_MS);
    const { body } = await app.http().get('/health/ready').expect(503);
    expect(body).toMatchObject({ ready: false, database: 'up', migrations: 'current' });
    const { jobLagSeconds } = body as { jobLagSeconds: number };
    expect(jobLagSeconds).toBeGreaterThanOrEqual(600);
    expect(jobLagSeconds).toBeLessThan(660);
    await app.db.query('DELETE FROM graphile_worker._private_jobs');
    await sleep(FORGOTTEN_MS);
    await app.http().get('/health/ready').expect(200);
  });
});

describe('without its database', () => {
  let db: TestDatabase;

  beforeAll(async () => (db = await aDatabase()));
  afterAll(() => db.drop());

  it('lives, is not ready, answers 503, and recovers by itself', async () => {
    const line = await aCuttableLine(db.adminUrl);
    const cutOff = await testApp({ db, env: { ROLE: 'all', DATABASE_URL: line.through(db.adminUrl) } });
    try {
      const org = await anOrganization(cutOff);
      await as(cutOff, org.ownerToken).get('/audit-logs').expect(200);
      await line.cut();

      await cutOff.http().get('/health/live').expect(200);
      const { body } = await cutOff.http().get('/health/ready').expect(503);
      expect(body).toEqual({ ready: false, database: 'down', migrations: 'unknown', jobLagSeconds: null });
      // Who is calling may be remembered for a second, and is looked up after that: both need the database.
      for (const wait of [0, 1_200]) {
        await sleep(wait);
        const refused = await as(cutOff, org.ownerToken).get('/audit-logs').expect(503);
        expect(refused.body).toEqual(problem(503, 'database_unavailable'));
        expect(refused.headers).toHaveProperty('retry-after');
      }

      const { text } = await cutOff.http().get('/metrics').set(METRICS).expect(200);
      expect(text).toMatch(/^frontdesk_database_up 0$/m);
      expect(text).toMatch(/^frontdesk_http_request_duration_seconds_count/m);
      expect(text).not.toMatch(/^frontdesk_job(s|_lag_seconds)[ {]/m);

      await line.mend();
      for (let i = 0; i < 100; i++) {
        if ((await cutOff.http().get('/health/ready')).status === 200) break;
        await sleep(100);
      }
      await cutOff.http().get('/health/ready').expect(200);
      await as(cutOff, org.ownerToken).get('/audit-logs').expect(200);
      const told = (words: string) => cutOff.logs.filter((entry) => entry.includes(words)).length;
      for (let i = 0; i < 50 && told('the worker has its database again') === 0; i++) await sleep(100);
      expect(told('the worker has its database again')).toBe(1);
      expect(told('the worker lost its database, trying again')).toBe(1);
    } finally {
      await cutOff.stop();
      await line.cut();
    }
  });
});

describe('metrics', () => {
  it('need the token; without it the route does not exist', async () => {
    const { body: unknown } = await app.http().get('/nothing/here').expect(404);
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'metrics-token-for-tests' },
    ]) {
      const { body } = await app.http().get('/metrics').set(headers).expect(404);
      expect({ ...body, requestId: '' }).toEqual({ ...unknown, requestId: '' });
    }
    await app.http().get('/metrics').set(METRICS).expect(200);
  });

  it('do not exist where no token is set', async () => {
    const closed = await testApp({ env: { ROLE: 'api', METRICS_TOKEN: '' } });
    try {
      for (const authorization of ['Bearer ', 'Bearer undefined', 'Bearer metrics-token-for-tests'])
        await closed.http().get('/metrics').set({ authorization }).expect(404);
    } finally {
      await closed.stop();
    }
  });

  it('tell of requests, pools and jobs, by route pattern and never by address', async () => {
    const id = newId();
    await app.http().get(`/api/v1/contacts/${id}`).expect(401);
    const { text, headers } = await app.http().get('/metrics').set(METRICS).expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /^frontdesk_http_request_duration_seconds_count\{route="GET \/api\/v1\/contacts\/:id",status="401"\} 1$/m,
    );
    for (const pool of ['app', 'service'])
      expect(text).toMatch(
        new RegExp(`^frontdesk_database_connections\\{pool="${pool}",state="waiting"\\} 0$`, 'm'),
      );
    for (const state of ['waiting', 'scheduled', 'running', 'dead'])
      expect(text).toMatch(new RegExp(`^frontdesk_jobs\\{state="${state}"\\} \\d+$`, 'm'));
    expect(text).toMatch(/^frontdesk_job_lag_seconds \d/m);
    expect(text).toMatch(/^frontdesk_database_up 1$/m);
    expect(text).toMatch(/^# TYPE frontdesk_webhooks_total counter$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(text).not.toContain(id);
  });
});

describe('request ids', () => {
  it('are taken from the caller where they are UUIDs, and come back', async () => {
    const id = newId();
    const { headers, body } = await app
      .http()
      .get('/nothing')
      .set('x-request-id', id.toUpperCase())
      .expect(404);
    expect(headers['x-request-id']).toBe(id);
    expect(body).toMatchObject({ requestId: id });
  });

  it.each([undefined, 'not a uuid', `${newId()}'; DROP TABLE users`])(
    'are made where there is none: %s',
    async (given) => {
      const { headers } = await app
        .http()
        .get('/health/live')
        .set(given === undefined ? {} : { 'x-request-id': given })
        .expect(200);
      expect(isUuid(headers['x-request-id'])).toBe(true);
      expect(headers['x-request-id']).not.toBe(given);
    },
  );
});

describe('every answer', () => {
  it.each(['/health/live', '/nothing', '/docs', '/api/v1/contacts/x'])(
    'of %s bears security headers',
    async (path) => {
      const { headers } = await app.http().get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'self'"),
      });
      expect(headers['content-security-policy']).toContain("script-src 'self';");
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    },
  );
});

describe('what cannot be served is a problem+json', () => {
  const signIn = () => app.http().post('/api/v1/auth/sign-in');
  const json = { 'content-type': 'application/json' };

  it.each<[string, () => ReturnType<typeof signIn>, number, string]>([
    ['an unknown route', () => app.http().get('/api/v1/nothing'), 404, 'route_not_found'],
    ['an unknown route outside of the API', () => app.http().get('/nothing'), 404, 'route_not_found'],
    ['another method', () => app.http().delete('/api/v1/auth/sign-in'), 404, 'route_not_found'],
    [
      'an address that cannot be decoded',
      () => app.http().get('/api/v1/contacts/%E0%A4%A'),
      400,
      'malformed_request',
    ],
    [
      'an address whose parts are too long',
      () => app.http().get(`/api/v1/contacts/${'x'.repeat(300)}`),
      414,
      'address_too_long',
    ],
    ['malformed JSON', () => signIn().set(json).send('{"email":'), 400, 'malformed_request'],
    [
      'a body that is too large',
      () =>
        signIn()
          .set(json)
          .send(`"${'x'.repeat(1_100_000)}"`),
      413,
      'body_too_large',
    ],
    ['XML', () => signIn().set('content-type', 'text/xml').send('<a/>'), 415, 'unsupported_content_type'],
    ['a form', () => signIn().type('form').send('email=a'), 415, 'unsupported_content_type'],
    ['text', () => signIn().set('content-type', 'text/plain').send('hello'), 415, 'unsupported_content_type'],
  ])('%s', async (_what, send, status, code) => {
    const { body, headers } = await send().expect(status);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toEqual(problem(status, code));
    expect((body as { requestId: string }).requestId).toBe(headers['x-request-id']);
  });

  it.each([
    ['nothing', undefined, 422, 'validation_failed'],
    ['null', 'null', 400, 'malformed_request'],
    ['a list', '[]', 400, 'malformed_request'],
    ['a number', '42', 400, 'malformed_request'],
    ['a prototype', '{"__proto__":{"email":"a@b.test"}}', 422, 'validation_failed'],
  ])('a body that is %s', async (_what, body, status, code) => {
    const answer = await signIn().set(json).send(body).expect(status);
    expect(answer.body).toMatchObject({ code });
  });
});

describe('logs', () => {
  const ALLOWED = new Set([
    ...[
      'level',
      'time',
      'msg',
      'requestId',
      'orgId',
      'actorId',
      'actorType',
      'method',
      'route',
      'status',
      'durationMs',
    ],
    ...[
      'job',
      'jobId',
      'attempt',
      'count',
      'connectionId',
      'messageId',
      'code',
      'reason',
      'role',
      'host',
      'port',
      'error',
    ],
  ]);

  it('hold allowed keys only, and nothing that people typed', async () => {
    const marker = 'Zyx-Marker';
    const org = await anOrganization(app);
    await app
      .http()
      .post('/api/v1/auth/sign-in')
      .send({ email: `${marker}@example.test`, password: `${marker}-password` })
      .expect(401);
    await as(app, org.ownerToken)
      .post('/api-keys', { name: marker, scopes: ['contacts.read'] })
      .expect(201);
    await as(app, org.ownerToken).get(`/contacts/${newId()}?name=${marker}`).expect(404);
    await as(app, `fd_${marker}_secret`).get('/me').expect(401);
    await app.http().get(`/api/v1/${marker}`).set('user-agent', marker).expect(404);

    const lines = app.logs.join('').trim().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.filter(({ msg }) => msg === 'request').length).toBeGreaterThan(5);
    for (const line of parsed) expect(Object.keys(line).filter((key) => !ALLOWED.has(key))).toEqual([]);
    expect(lines.filter((line) => line.includes(marker))).toEqual([]);
    expect(lines.filter((line) => line.includes(org.ownerToken))).toEqual([]);
  });

  it('name the route, the organization and the caller of a request, by id', async () => {
    const org = await anOrganization(app);
    const requestId = newId();
    await as(app, org.ownerToken).get('/me').set('x-request-id', requestId).expect(200);
    const lines = app.logs.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find((line) => line['requestId'] === requestId && line['msg'] === 'request')).toMatchObject({
      level: 'info',
      route: 'GET /api/v1/me',
      status: 200,
      durationMs: expect.any(Number),
      orgId: org.orgId,
      actorType: 'user',
      actorId: org.ownerId,
    });
  });
});

describe('a worker', () => {
  it('serves health and metrics and nothing else', async () => {
    const worker = await testApp({ env: { ROLE: 'worker' } });
    try {
      await worker.http().get('/health/live').expect(200);
      await worker.http().get('/health/ready').expect(200);
      await worker.http().get('/metrics').set(METRICS).expect(200);
      for (const path of [
        '/api/v1/me',
        '/docs',
        '/docs/openapi.json',
        '/',
        '/api/v1/channels/whatsapp/webhook',
      ])
        expect((await worker.http().get(path).expect(404)).body).toEqual(problem(404, 'route_not_found'));
      await worker.http().post('/api/v1/auth/sign-in').send({}).expect(404);
    } finally {
      await worker.stop();
    }
  });
});
