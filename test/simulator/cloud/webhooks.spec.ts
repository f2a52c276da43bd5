import { createHmac } from 'node:crypto';
import { startCloudPeer, TEXT, type CloudPeer } from './peer';

describe('webhooks of the WhatsApp Cloud API simulator', () => {
  let peer: CloudPeer;
  const from = '+4915112345678';

  beforeAll(async () => {
    peer = await startCloudPeer();
  });
  afterAll(() => peer.close());
  afterEach(() => {
    peer.posted.length = 0;
    peer.answers.length = 0;
    peer.simulator.configure({ batchMs: 0, window: false, statuses: true });
  });

  test('are signed as they are written, and tried again until 200', async () => {
    const { account, number } = peer.aNumber();
    peer.answers.push(500, 204);
    const result = await peer.simulator.receive({ numberId: number.id, from, text: 'Grüße 👋' });
    expect(result).toMatchObject({ delivered: true, attempts: [500, 204, 200] });
    for (const { body, signature } of peer.posted) {
      expect(body).toMatch(/^[\x20-\x7e]+$/);
      const wanted = createHmac('sha256', account.appSecret).update(body).digest('hex');
      expect(signature).toBe(`sha256=${wanted}`);
    }
    expect(peer.values()[0]?.messages).toMatchObject([{ text: { body: 'Grüße 👋' } }]);
  });

  test('tell of several numbers and accounts of one app in one request', async () => {
    const first = peer.aNumber();
    const { appId, appSecret } = first.account;
    const second = peer.aNumber({ appId, appSecret });
    await peer.call(`${first.number.id}/messages`, first.account.accessToken, TEXT);
    await peer.simulator.idle();
    const [message] = peer.simulator.messages({ numberId: first.number.id });
    const request = peer.simulator.signedBatch(
      [
        { numberId: first.number.id, from, text: 'one' },
        { numberId: first.number.id, from, text: 'two' },
        { numberId: second.number.id, from, text: 'three' },
      ],
      [{ id: message?.id ?? '', status: 'read' }],
    );
    peer.posted.length = 0;
    expect(await peer.simulator.deliver(request)).toEqual({ delivered: true, attempts: [200] });
    const body = JSON.parse(peer.posted[0]?.body ?? '') as { entry: { id: string }[] };
    expect(body.entry.map(({ id }) => id)).toEqual([first.account.id, second.account.id]);
    expect(
      peer.values().map(({ messages = [], statuses = [] }) => [messages.length, statuses.length]),
    ).toEqual([
      [2, 1],
      [1, 0],
    ]);
    const stranger = peer.aNumber().number.id;
    expect(() =>
      peer.simulator.signedInbound({ numberId: first.number.id, from }, { numberId: stranger, from }),
    ).toThrow('one app');
  });

  test('tell of states together when they are gathered', async () => {
    const { account, number } = peer.aNumber();
    peer.simulator.configure({ batchMs: 100 });
    for (let sent = 0; sent < 3; sent++) await peer.call(`${number.id}/messages`, account.accessToken, TEXT);
    await peer.simulator.idle();
    expect(peer.values().flatMap(({ statuses = [] }) => statuses)).toHaveLength(6);
    expect(peer.posted.length).toBeLessThan(6);
  });

  test('tell that free text outside of the window was not delivered', async () => {
    const { account, number } = peer.aNumber();
    peer.simulator.configure({ window: true });
    const send = async () => {
      await peer.call(`${number.id}/messages`, account.accessToken, TEXT);
      await peer.simulator.idle();
      return peer.simulator.messages({ numberId: number.id }).at(-1);
    };
    expect(await send()).toMatchObject({ status: 'failed', errorCode: 131047 });
    await peer.simulator.receive({ numberId: number.id, from });
    expect(await send()).toMatchObject({ status: 'delivered' });
  });

  test('shake hands', async () => {
    expect(await peer.simulator.handshake(peer.webhookUrl, 'token')).toBe(true);
    expect(await peer.simulator.handshake(`${peer.simulator.url}/simulator/health`, 'token')).toBe(false);
  });
});
