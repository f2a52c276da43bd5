import { until } from '../support/until';
import { CUSTOMER, NUMBER, startPeer } from './peer';

type Peer = Awaited<ReturnType<typeof startPeer>>;

describe('what a test has happen while a message is created', () => {
  let peer: Peer;

  beforeEach(async () => {
    peer = await startPeer();
  });
  afterEach(() => peer.close());

  const send = (body: string) => peer.client.messages.create({ from: NUMBER, to: CUSTOMER, body });
  const bodies = () => peer.simulator.messages().map(({ body }) => body);

  test('a hook is awaited before the message is recorded and answered', async () => {
    let release = (): void => undefined;
    const reached = new Promise<void>((seen) => {
      peer.simulator.onCreate(async ({ body }) => {
        seen();
        if (body === 'held') await new Promise<void>((go) => (release = go));
      });
    });
    const held = send('held');
    await reached;
    await send('meanwhile');
    expect(bodies()).toEqual(['meanwhile']);
    release();
    await held;
    expect(bodies()).toEqual(['held', 'meanwhile']);
  });

  test('messages tell when they arrived, whatever held them up', async () => {
    peer.simulator.faults.add({ kind: 'delay', ms: 100, beforeRecording: true });
    const late = send('late');
    await until(() => peer.simulator.faults.list().length === 0);
    await send('soon');
    await late;
    const [last, first] = peer.simulator.messages();
    expect([first?.body, last?.body]).toEqual(['soon', 'late']);
    expect(last!.arrival).toBeLessThan(first!.arrival);
    expect(last!.receivedAt).toBeLessThanOrEqual(first!.receivedAt);
    // Recorded when the delay of 100 ms was over.
    expect(last!.createdAt.getTime() - last!.receivedAt).toBeGreaterThan(50);
  });

  test('nobody hears of a refused one, nor once the hook is taken away', async () => {
    const heard: string[] = [];
    peer.simulator.onCreate(({ body }) => void heard.push(body));
    await expect(send('')).rejects.toMatchObject({ code: 21602 });
    await send('heard');
    peer.simulator.onCreate(null);
    await send('not heard');
    expect(heard).toEqual(['heard']);
  });
});
