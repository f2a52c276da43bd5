import { validateRequest } from 'twilio';
import { CUSTOMER, NUMBER, sdk, startPeer } from './peer';

/** The fields of answers that the tests go on with; the rest is compared as it is. */
interface Answer {
  sid: string;
  authToken: string;
  url: string;
  headers: Record<string, string>;
  body: string;
  message: string;
}

type Peer = Awaited<ReturnType<typeof startPeer>>;

describe('the control API of the simulator', () => {
  let peer: Peer;

  beforeEach(async () => {
    peer = await startPeer();
  });
  afterEach(() => peer.close());

  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Answer }> {
    const response = await fetch(`${peer.simulator.url}/simulator${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }

  test('sets up an account that the SDK can use at once', async () => {
    const account = await call('POST', '/accounts', { friendlyName: 'Clinic' });
    expect(account.body).toMatchObject({ friendlyName: 'Clinic', status: 'active' });
    const number = { accountSid: account.body.sid, address: 'whatsapp:+14155550199' };
    expect((await call('POST', '/numbers', number)).body).toMatchObject({ ...number, webhookUrl: null });
    const webhookUrl = `${peer.receiver.url}/clinic`;
    await call('POST', '/numbers', { ...number, webhookUrl });

    await sdk(peer.simulator, account.body).messages.create({
      from: number.address,
      to: CUSTOMER,
      body: 'Hi',
    });
    const inbound = await call('POST', '/inbound', { from: CUSTOMER, to: number.address, body: 'Hi' });
    expect(inbound.body).toMatchObject({ delivered: true, attempts: [{ status: 200 }] });
    expect(peer.receiver.received[0]!.url).toBe(webhookUrl);

    const query = `?accountSid=${account.body.sid}&to=${encodeURIComponent(CUSTOMER)}`;
    expect((await call('GET', `/messages${query}`)).body).toMatchObject({ total: 1 });
    expect((await call('GET', '/messages?limit=1')).body).toMatchObject({ total: 2, messages: [{}] });
    expect((await call('GET', '/health')).body).toMatchObject({ status: 'ok', accounts: 2, messages: 2 });
  });

  test('signs without sending, and rotates tokens', async () => {
    const rotated = await call('POST', '/tokens/rotate', { accountSid: peer.account.sid });
    const signed = await call('POST', '/signed', { from: CUSTOMER, to: NUMBER, body: 'Hi' });
    const { url, headers, body } = signed.body;
    const params = Object.fromEntries(new URLSearchParams(body));
    const signature = headers['X-Twilio-Signature']!;
    expect(validateRequest(rotated.body.authToken, signature, url, params)).toBe(true);
    expect(validateRequest(peer.account.authToken, signature, url, params)).toBe(false);
  });

  test('plants and clears faults, opt-outs and settings, and reports a status', async () => {
    const send = () => peer.client.messages.create({ from: NUMBER, to: CUSTOMER, body: 'Hi' });
    const fault = { kind: 'fail', status: 503, code: 20503, times: 'always' };
    expect((await call('POST', '/faults', fault)).body).toMatchObject({ ...fault, remaining: 'always' });
    await expect(send()).rejects.toMatchObject({ status: 503 });
    expect((await call('DELETE', '/faults')).body).toEqual({ removed: 1 });
    const message = await send();
    expect((await call('POST', '/status', { messageSid: message.sid, status: 'read' })).body).toBeNull();
    await call('POST', '/opt-outs', { accountSid: peer.account.sid, address: CUSTOMER });
    await expect(send()).rejects.toMatchObject({ code: 21610 });
    expect((await call('POST', '/settings', { retries: 7 })).body).toMatchObject({ retries: 7 });
  });

  test.each([
    ['/accounts', { sid: 'AC1' }, 'account sid must be'],
    ['/numbers', { address: NUMBER }, 'accountSid is required'],
    ['/numbers', { accountSid: 'x', address: 'y' }, 'address must be'],
    ['/inbound', { from: CUSTOMER, to: 'whatsapp:+1', body: 1 }, 'body must be a string'],
    ['/inbound', { from: CUSTOMER, to: 'whatsapp:+1' }, 'no such number'],
    ['/inbound', { from: CUSTOMER, to: NUMBER, media: [{}] }, 'url is required'],
    ['/faults', { kind: 'fire' }, 'kind must be one of'],
    ['/faults', { kind: 'delay', ms: 1e9 }, 'ms must be'],
    ['/faults', { kind: 'drop', times: 0 }, 'times must be'],
    ['/settings', { statusSteps: ['gone'] }, 'step must be one of'],
    ['/tokens/rotate', { accountSid: 'x' }, 'no such account'],
    ['/status', { messageSid: 'x', status: 'read' }, 'no such outbound message'],
    ['/inbound', [], 'must be a JSON object'],
  ])('POST %s with %j is 400 and says why', async (path, body, message) => {
    const answer = await call('POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });

  test('answers 400 to what is no JSON, and 404 to what is no route', async () => {
    const response = await fetch(`${peer.simulator.url}/simulator/faults`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
    expect((await call('GET', '/nothing')).status).toBe(404);
  });
});
