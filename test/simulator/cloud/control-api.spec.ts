import { createHmac } from 'node:crypto';
import { startCloudPeer, TEXT, type Answer, type CloudPeer } from './peer';

describe('the control API of the WhatsApp Cloud API simulator', () => {
  let peer: CloudPeer;

  beforeAll(async () => {
    peer = await startCloudPeer();
  });
  afterAll(() => peer.close());
  afterEach(() => {
    peer.posted.length = 0;
  });

  async function control(method: string, path: string, body?: unknown): Promise<Answer> {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${peer.simulator.url}/simulator/${path}`, init);
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  }

  /** An account with a number, made over HTTP. */
  async function aNumber() {
    const { json: account } = await control('POST', 'accounts', { webhookUrl: peer.webhookUrl });
    const { json: number } = await control('POST', 'numbers', {
      accountId: account.id,
      address: '+14155550199',
    });
    return { account, number, numberId: String(number.id), token: String(account.accessToken) };
  }

  test('sets up an account that can send at once, and tells what was sent', async () => {
    const { account, numberId, token } = await aNumber();
    expect((await peer.call(`${numberId}/messages`, token, TEXT)).status).toBe(200);
    await peer.simulator.idle();
    const query = new URLSearchParams({ numberId, to: TEXT.to }).toString();
    const { json } = await control('GET', `messages?${query}`);
    expect(json).toMatchObject({ total: 1, messages: [{ text: 'Hi', status: 'delivered' }] });
    const [{ id } = { id: '' }] = json.messages as { id: string }[];
    const failed = { id, status: 'failed', errorCode: 131026 };
    expect(await control('POST', 'status', failed)).toMatchObject({ json: { delivered: true } });
    expect(peer.values().at(-1)?.statuses).toMatchObject([{ id, errors: [{ code: 131026 }] }]);
    expect((await control('GET', 'accounts')).json.accounts).toContainEqual(account);
    expect((await control('GET', 'health')).json).toMatchObject({ status: 'ok', pending: 0 });
  });

  test('has customers write, one by one or together, or signs alone', async () => {
    const { account, numberId } = await aNumber();
    const from = '+4915112345678';
    await control('POST', 'inbound', { numberId, from, text: 'Is Friday free?', profileName: 'Dana' });
    const media = { content: Buffer.from('a picture').toString('base64'), contentType: 'image/png' };
    const content = { type: 'button', button: { payload: 'YES', text: 'Yes' } };
    const messages = [
      { numberId, from, media },
      { numberId, from, content },
    ];
    await control('POST', 'inbound', { messages });
    expect(peer.values().map((value) => value.messages)).toMatchObject([
      [{ text: { body: 'Is Friday free?' } }],
      [{ type: 'image' }, { type: 'button', button: { text: 'Yes' } }],
    ]);
    peer.posted.length = 0;
    const { json } = await control('POST', 'signed', { numberId, from });
    const wanted = createHmac('sha256', String(account.appSecret)).update(String(json.body)).digest('hex');
    expect(json.headers).toMatchObject({ 'X-Hub-Signature-256': `sha256=${wanted}` });
    expect(peer.posted).toEqual([]);
  });

  test('changes templates, tokens, settings and faults', async () => {
    const { account, numberId, token } = await aNumber();
    const made = await control('POST', 'templates', {
      accountId: account.id,
      name: 'reminder',
      status: 'PENDING',
    });
    const decision = { id: made.json.id, status: 'REJECTED', reason: 'INVALID_FORMAT' };
    expect((await control('POST', 'templates/decide', decision)).json).toMatchObject({ delivered: true });
    expect(peer.values().at(-1)).toMatchObject({ event: 'REJECTED', reason: 'INVALID_FORMAT' });
    expect((await control('DELETE', `templates?id=${String(made.json.id)}`)).json).toEqual({ removed: true });
    const wish = { numberId, from: '+4915112345678', value: 'stop' };
    expect((await control('POST', 'preference', wish)).json).toMatchObject({ delivered: true });
    expect((await control('POST', 'preference', { ...wish, value: 'perhaps' })).status).toBe(400);

    await control('POST', 'faults', { kind: 'fail', status: 500, code: 131000, accountId: account.id });
    expect((await peer.call(`${numberId}/messages`, token, TEXT)).status).toBe(500);
    await control('POST', 'faults', { kind: 'malformed', times: 'always', accountId: account.id });
    const cleared = await control('DELETE', `faults?accountId=${String(account.id)}`);
    expect(cleared.json).toEqual({ removed: 1 });

    await control('POST', 'accounts', { id: account.id, tokenExpiresAt: '2020-01-01T00:00:00Z' });
    expect((await peer.call(numberId, token)).status).toBe(401);
    expect((await control('POST', 'settings', { batchMs: 5, statusSteps: ['sent'] })).json).toMatchObject({
      batchMs: 5,
    });
    await peer.call('nonsense', token);
    const { json } = await control('GET', 'violations');
    expect(json.violations).toMatchObject([{ rule: 'path' }]);
    expect((await control('DELETE', 'violations')).json).toEqual({ removed: 1 });
    const handshake = { url: peer.webhookUrl, verifyToken: 'token' };
    expect((await control('POST', 'handshake', handshake)).json).toEqual({ accepted: true });
  });

  test.each<[string, object]>([
    ['inbound', { from: '+4915112345678' }],
    ['inbound', { messages: ['Hi'] }],
    ['accounts', { tokenExpiresAt: 'tomorrow' }],
    ['numbers', { accountId: 'none', address: '+14155550199' }],
    ['status', { id: 'none', status: 'read' }],
    ['settings', { batchMs: -1 }],
    ['faults', { kind: 'nonsense' }],
  ])('refuses bad input for %s: %p', async (path, body) => {
    const { status, json } = await control('POST', path, body);
    expect({ status, message: typeof json.message }).toEqual({ status: 400, message: 'string' });
  });
});
