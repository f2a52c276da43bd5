import { connect } from 'node:net';
import { anOrganization, as, testApp, type Caller, type TestApp } from '../support';

let app: TestApp;
let owner: Caller;

beforeAll(async () => {
  app = await testApp({ env: { ROLE: 'api' } });
  owner = as(app, (await anOrganization(app)).ownerToken);
});
afterAll(() => app.stop());

/** What the server answers to a path that no client library would send as it is. */
async function raw(target: string): Promise<{ status: number; body: string }> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await new Promise((done, failed) => socket.on('close', done).on('error', failed));
  const text = Buffer.concat(chunks).toString();
  return { status: Number(text.slice(9, 12)), body: text.slice(text.indexOf('\r\n\r\n') + 4) };
}

describe('an odd address', () => {
  test.each([
    '/docs/..',
    '/docs/../',
    '/docs/../..',
    '/docs/../../etc/passwd',
    '/docs/%2e%2e',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/..%5c..%5cpackage.json',
    '/docs/.',
    '/docs/./..',
    '/docs//',
    '/docs/%00',
    '/docs/.env',
    '/docs/%',
    '/docs/%ff',
    '/docs/nothing.js',
    '//docs/..',
    '/api/v1/%00',
    '/api/v1/../docs/..',
    '/%2e%2e',
    '/..',
    '/\\..\\..',
  ])('%s is not found, or not read', async (path) => {
    const { status, body } = await raw(path);
    expect([400, 404]).toContain(status);
    expect(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1))).toMatchObject({ status });
  });

  test.each([
    ['range', 'bytes=99999999-', 416],
    ['if-match', '"nothing"', 412],
  ])('a %s that the page has not is the caller’s fault', async (header, value, status) => {
    const { body } = await app.http().get('/docs/swagger-ui.css').set(header, value).expect(status);
    expect(body).toMatchObject({ status, code: 'request_refused' });
  });

  test('does not hide the page', async () => {
    expect((await raw('/docs')).status).toBeLessThan(400);
    expect((await raw('/docs/swagger-ui.css')).status).toBe(200);
  });
});

describe('text that cannot be stored', () => {
  const post = (body: string) => owner.post('/api-keys').set('content-type', 'application/json').send(body);

  test.each([String.raw`a\u0000b`, String.raw`\ud800`, String.raw`\udfff\ud800`])(
    '%s is refused by field, and nothing changes',
    async (text) => {
      const { body } = await post(`{"name":"${text}","scopes":["contacts.read"]}`).expect(422);
      expect(body).toMatchObject({ code: 'unstorable_text', errors: [{ field: 'name', code: 'text' }] });
      const keys = await owner.get('/api-keys').expect(200);
      expect(keys.body.items).toEqual([]);
    },
  );

  test('is not in addresses either', async () => {
    for (const path of [
      '/conversations?connectionId=%00',
      '/audit-logs?tableName=a%00b',
      '/conversations/%00',
    ])
      expect((await owner.get(path).expect(400)).body.code).toBe('malformed_request');
  });
});
