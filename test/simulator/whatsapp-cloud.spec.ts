import { createHmac } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  startWhatsappCloudSimulator,
  type WhatsappCloudSimulator,
} from '../../tools/whatsapp-cloud-simulator';

interface Value {
  messages?: { id: string; text?: { body: string } }[];
  statuses?: { id: string; status: string; biz_opaque_callback_data?: string; errors?: { code: number }[] }[];
}

describe('the simulator of the WhatsApp Cloud API', () => {
  let simulator: WhatsappCloudSimulator;
  let server: http.Server;
  const posted: { body: string; signature: string }[] = [];
  let answers: number[] = [];

  beforeAll(async () => {
    simulator = await startWhatsappCloudSimulator({ settings: { statusDelayMs: 1, retryDelayMs: 1 } });
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const challenge = new URL(request.url ?? '', 'http://here').searchParams.get('hub.challenge');
        if (challenge !== null) return response.end(challenge);
        const signature = String(request.headers['x-hub-signature-256']);
        posted.push({ body: Buffer.concat(chunks).toString(), signature });
        return response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    await simulator.close();
    server.closeAllConnections();
    server.close();
  });

  afterEach(() => {
    posted.length = 0;
    answers = [];
  });

  const webhookUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;

  function aNumber(more = {}) {
    const account = simulator.addAccount({ webhookUrl: webhookUrl(), ...more });
    const number = simulator.addNumber({ accountId: account.id, address: '+14155238886' });
    return { account, number };
  }

  async function call(path: string, token: string, body?: unknown) {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${simulator.url}/v23.0/${path}`, init);
    return { status: answer.status, json: (await answer.json()) as Record<string, never> };
  }

  const text = { messaging_product: 'whatsapp', to: '+4915112345678', type: 'text', text: { body: 'Hi' } };
  const values = (): Value[] =>
    posted.flatMap(({ body }) =>
      (JSON.parse(body) as { entry: { changes: { value: Value }[] }[] }).entry.flatMap(({ changes }) =>
        changes.map(({ value }) => value),
      ),
    );

  test('takes a message in and reports its states, with what the sender had it bear', async () => {
    const { account, number } = aNumber();
    const sent = await call(`${number.id}/messages`, account.accessToken, {
      ...text,
      biz_opaque_callback_data: 'our-id',
    });
    expect(sent).toMatchObject({ status: 200, json: { contacts: [{ wa_id: '4915112345678' }] } });
    await simulator.idle();
    const [message] = simulator.messages({ numberId: number.id });
    expect(message).toMatchObject({ to: '4915112345678', status: 'delivered', callbackData: 'our-id' });
    expect(values().flatMap(({ statuses = [] }) => statuses)).toMatchObject([
      { id: message?.id, status: 'sent', biz_opaque_callback_data: 'our-id' },
      { id: message?.id, status: 'delivered' },
    ]);
  });

  test('signs the very bytes that it posts, and tries again until 200', async () => {
    const { account, number } = aNumber();
    answers = [500, 204];
    const from = '+4915112345678';
    const result = await simulator.receive({ numberId: number.id, from, text: 'Grüße 👋' });
    expect(result).toMatchObject({ delivered: true, attempts: [500, 204, 200] });
    for (const { body, signature } of posted) {
      expect(body).toMatch(/^[\x20-\x7e]+$/);
      const wanted = createHmac('sha256', account.appSecret).update(body).digest('hex');
      expect(signature).toBe(`sha256=${wanted}`);
    }
    expect(values()[0]?.messages?.[0]?.text?.body).toBe('Grüße 👋');
  });

  test('tells of several WABAs of one app in one request', async () => {
    const first = aNumber();
    const { appId, appSecret } = first.account;
    const second = aNumber({ appId, appSecret });
    const from = '+4915112345678';
    await simulator.receive({ numberId: first.number.id, from }, { numberId: second.number.id, from });
    const body = JSON.parse(posted[0]?.body ?? '') as { entry: { id: string }[] };
    expect(body.entry.map(({ id }) => id)).toEqual([first.account.id, second.account.id]);
  });

  test('refuses as Meta does', async () => {
    const { account, number } = aNumber();
    const path = `${number.id}/messages`;
    const answers = [
      await call(path, 'other', text),
      await call('123/messages', account.accessToken, text),
      await call(path, account.accessToken, { ...text, text: {} }),
      await call(path, account.accessToken, { ...text, type: 'fax' }),
      await call(path, account.accessToken, {
        ...text,
        type: 'template',
        template: { name: 'none', language: { code: 'en' } },
      }),
    ];
    expect(answers).toMatchObject([
      { status: 401, json: { error: { code: 190, type: 'OAuthException' } } },
      { status: 400, json: { error: { code: 100, error_subcode: 33 } } },
      { status: 400, json: { error: { code: 131008 } } },
      { status: 400, json: { error: { code: 131051 } } },
      { status: 404, json: { error: { code: 132001 } } },
    ]);
    simulator.addAccount({ id: account.id, tokenExpiresAt: new Date(0) });
    expect(await call(path, account.accessToken, text)).toMatchObject({
      json: { error: { code: 190, error_subcode: 463 } },
    });
  });

  test('pages templates by cursors, and tells when a token ends', async () => {
    const tokenExpiresAt = new Date(Date.now() + 86_400_000);
    const { account } = aNumber({ tokenExpiresAt });
    for (const name of ['a', 'b', 'c']) simulator.addTemplate({ accountId: account.id, name });
    const path = `${account.id}/message_templates?limit=2`;
    const { json: first } = await call(path, account.accessToken);
    const { paging, data } = first as unknown as { data: unknown[]; paging: { cursors: { after: string } } };
    expect(data).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    const { json: last } = await call(`${path}&after=${paging.cursors.after}`, account.accessToken);
    expect(last).toMatchObject({ data: [{ name: 'c' }] });
    expect((last as Record<string, unknown>).paging).not.toHaveProperty('next');
    expect(await call(`debug_token?input_token=${account.accessToken}`, account.accessToken)).toMatchObject({
      json: { data: { is_valid: true, expires_at: Math.floor(tokenExpiresAt.getTime() / 1000) } },
    });
  });

  test('shakes hands', async () => {
    expect(await simulator.handshake(webhookUrl(), 'token')).toBe(true);
  });
});
