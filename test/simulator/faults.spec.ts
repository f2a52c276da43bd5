import { until } from '../support/until';
import { CUSTOMER, NUMBER, startPeer } from './peer';

type Peer = Awaited<ReturnType<typeof startPeer>>;

describe('faults of the simulated REST API', () => {
  let peer: Peer;

  beforeEach(async () => {
    peer = await startPeer();
  });
  afterEach(() => peer.close());

  const send = (over = {}) =>
    peer.client.messages.create({
      from: NUMBER,
      to: CUSTOMER,
      body: 'Hello',
      statusCallback: `${peer.receiver.url}/status`,
      ...over,
    });

  test('fail answers the given status and code for the next N creations', async () => {
    peer.simulator.faults.add({ kind: 'fail', status: 429, code: 20429, times: 2 });
    const limited = { status: 429, code: 20429, message: 'Too Many Requests' };
    await expect(send()).rejects.toMatchObject(limited);
    await expect(send()).rejects.toMatchObject(limited);
    await send();
    expect(peer.simulator.messages()).toHaveLength(1);
  });

  test('drop records the message and sends its callbacks, but the client gets no answer', async () => {
    peer.simulator.faults.add({ kind: 'drop' });
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    const listed = await peer.client.messages.list({ to: CUSTOMER, from: NUMBER });
    expect(listed).toMatchObject([{ body: 'Hello' }]);
    await peer.simulator.idle();
    expect(peer.receiver.received).toHaveLength(3);
  });

  test('drop can keep silent about the callbacks, too', async () => {
    peer.simulator.faults.add({ kind: 'drop', callbacks: false });
    await expect(send()).rejects.toThrow();
    await peer.simulator.idle();
    expect(peer.receiver.received).toEqual([]);
    expect(peer.simulator.messages()[0]!.status).toBe('delivered');
  });

  test('malformed records the message, and answers with what nobody can read', async () => {
    peer.simulator.faults.add({ kind: 'malformed' });
    await expect(send()).rejects.toThrow('JSON');
    expect(peer.simulator.messages()).toMatchObject([{ body: 'Hello' }]);
  });

  test('dropBefore records nothing', async () => {
    peer.simulator.faults.add({ kind: 'dropBefore' });
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await peer.client.messages.list()).toEqual([]);
  });

  test('delay records at once and answers late, or does both late', async () => {
    // Timers may go off a millisecond early. Ours that looks is the first to go off, however slow the machine.
    const [ms, least] = [150, 145];
    let answered = false;
    peer.simulator.faults.add({ kind: 'delay', ms });
    const late = send().then(() => (answered = true));
    await until(() => peer.simulator.messages().length === 1);
    expect(answered).toBe(false);
    await late;
    peer.simulator.faults.add({ kind: 'delay', ms, beforeRecording: true });
    let recording = 0;
    peer.simulator.onCreate(() => void (recording = performance.now()));
    const asked = performance.now();
    await send();
    expect(recording - asked).toBeGreaterThan(least);
    expect(peer.simulator.messages()).toHaveLength(2);
  });

  test('strike the given account, the given recipient, or reads alone', async () => {
    const other = peer.simulator.addAccount();
    const broken = { kind: 'fail', status: 500, code: 20500 } as const;
    peer.simulator.faults.add({ ...broken, accountSid: other.sid, times: 'always' });
    peer.simulator.faults.add({ ...broken, to: 'whatsapp:+491700000001', times: 'always' });
    peer.simulator.faults.add({ ...broken, on: 'read' });
    await send();
    await expect(send({ to: 'whatsapp:+491700000001' })).rejects.toMatchObject({ status: 500 });
    await expect(send({ to: 'whatsapp:+491700000001' })).rejects.toMatchObject({ status: 500 });
    await expect(peer.client.messages.list()).rejects.toMatchObject({ code: 20500 });
    await expect(peer.client.messages.list()).resolves.toHaveLength(1);
  });

  test('can be listed and cleared, one, by account or all', () => {
    const { faults } = peer.simulator;
    const one = faults.add({ kind: 'drop', times: 3 });
    faults.add({ kind: 'drop', accountSid: peer.account.sid });
    faults.add({ kind: 'dropBefore', times: 'always' });
    expect(faults.list()).toHaveLength(3);
    expect(faults.clear({ id: one.id })).toBe(1);
    expect(faults.clear({ accountSid: peer.account.sid })).toBe(1);
    expect(faults.clear()).toBe(1);
    expect(faults.list()).toEqual([]);
  });
});
