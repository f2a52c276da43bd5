import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { signature } from '../../tools/twilio-simulator/signing';
import { aTwilio } from '../support/twilio';
import { aDesk, signed, type TestDesk } from '../support/webhooks';
import { anOrganization, PASSWORD, testApp, type TestApp } from '../support';

describe('what is sent to do harm', () => {
  let app: TestApp;
  let simulator: TwilioSimulator;
  let desk: TestDesk;

  beforeAll(async () => {
    simulator = await aTwilio();
    app = await testApp({ env: { ROLE: 'api', TWILIO_API_BASE_URL: simulator.url, TRUST_PROXY_HOPS: '1' } });
    desk = await aDesk(app, simulator);
  });
  afterAll(async () => {
    await simulator.close();
    await app.stop();
  });

  const signIn = (body: string, from = '10.0.0.1') =>
    app
      .http()
      .post('/api/v1/auth/sign-in')
      .set('content-type', 'application/json')
      .set('x-forwarded-for', from)
      .send(body);

  describe('JSON that is expensive to check', () => {
    const numbered = (count: number): string =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 0])));
    it.each([
      ['many keys', numbered(5_000), 400],
      ['a list', JSON.stringify(Array(10_000).fill({})), 400],
      ['a deep list', `{"email":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400],
      ['a text alone', '"hello"', 400],
      ['null', 'null', 400],
      ['more than is ever posted', JSON.stringify({ email: 'x'.repeat(70_000) }), 413],
    ])('%s is refused before it is looked at', async (_what, body, status) => {
      const answer = await signIn(body);
      expect(answer.status).toBe(status);
      expect(answer.text.length).toBeLessThan(500);
    });

    it('unknown fields are told, but not all of a thousand', async () => {
      const answer = await signIn(numbered(1_000));
      expect(answer.status).toBe(422);
      expect((answer.body as { errors: unknown[] }).errors).toHaveLength(20);
    });
  });

  describe('guessing passwords', () => {
    it('is slowed down for one address and account, and nobody else', async () => {
      await anOrganization(app);
      const [{ email } = { email: '' }] = await app.db.query<{ email: string }>(
        'SELECT email FROM users ORDER BY created_at DESC LIMIT 1',
      );
      const attempt = (password: string, from: string) => signIn(JSON.stringify({ email, password }), from);
      const statuses: number[] = [];
      // The allowance grows again meanwhile: on a slow machine it takes some more attempts.
      while (!statuses.includes(429) && statuses.length < 60)
        statuses.push((await attempt('wrong', '10.0.0.7')).status);
      expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
      expect(statuses.at(-1)).toBe(429);
      const throttled = await attempt(PASSWORD, '10.0.0.7');
      expect(throttled.body).toMatchObject({ code: 'too_many_attempts' });
      expect(throttled.headers['retry-after']).toBe('10');
      expect((await attempt(PASSWORD, '10.0.0.8')).status).toBe(200);
    });

    it('cannot keep the password check from others', async () => {
      const flood = Array.from({ length: 60 }, (_, i) =>
        signIn(JSON.stringify({ email: `nobody-${i}@example.test`, password: 'wrong' }), '10.0.0.9'),
      );
      const [{ email } = { email: '' }] = await app.db.query<{ email: string }>(
        'SELECT email FROM users LIMIT 1',
      );
      const mine = signIn(JSON.stringify({ email, password: PASSWORD }), '10.0.0.10');
      const [answer, ...others] = await Promise.all([mine, ...flood]);
      expect(answer.status).toBe(200);
      // How many meet depends on the machine; what happens when they do is a unit test.
      expect(others.filter(({ status }) => status !== 401 && status !== 429)).toEqual([]);
    });
  });

  it('a signed form cannot be posted again as JSON with its fields moved into the address', async () => {
    const path = '/api/v1/channels/whatsapp/webhook?src=twilio';
    const json = JSON.stringify(desk.message({ Body: 'STOP' }));
    const digest = createHash('sha256').update(json).digest('hex');
    const { authToken } = desk.connection.number;
    const form = desk.message({ Body: `&bodySHA256=${digest}&` });
    const moved = Object.keys(form)
      .sort()
      .map((name) => name + (form[name] ?? ''))
      .join('');
    // Twilio's signature of the form is one of the moved text as well: that is the trick.
    const genuine = signature(authToken, app.url + path, form);
    expect(signature(authToken, app.url + path + moved, {})).toBe(genuine);
    const answer = await app
      .http()
      .post(path + moved)
      .set('content-type', 'application/json')
      .set('x-twilio-signature', genuine)
      .send(json);
    expect(answer.status).toBe(403);
  });

  it.each(['1.2.3.4:5678', '[::1]:80', 'fe80::1%eth0', 'garbage'])(
    'a delivery is taken in although the proxy says it came from %s',
    async (from) => {
      const fields = desk.message();
      const { headers, body } = signed(fields, {
        authToken: desk.connection.number.authToken,
        url: desk.connection.webhookUrl,
      });
      const path = new URL(desk.connection.webhookUrl).pathname;
      const answer = await app.http().post(path).set(headers).set('x-forwarded-for', from).send(body);
      expect(answer.status).toBe(200);
      const rows = await app.db.query('SELECT ip_address FROM webhook_logs WHERE external_id = $1', [
        fields['MessageSid'],
      ]);
      expect(rows).toEqual([{ ip_address: null }]);
    },
  );

  it('an address of another server is not a path', async () => {
    const { hostname, port } = new URL(app.url);
    const answer = await new Promise<string>((done) => {
      const socket = connect({ host: hostname, port: Number(port) }).setEncoding('utf8');
      let text = '';
      socket.on('data', (chunk: string) => (text += chunk)).on('end', () => done(text));
      socket.end(
        'POST http://elsewhere.example/api/v1/channels/whatsapp/webhook HTTP/1.1\r\nhost: x\r\nconnection: close\r\n' +
          'content-type: application/x-www-form-urlencoded\r\ncontent-length: 0\r\n\r\n',
      );
    });
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).toContain('application/problem+json');
  });
});
