import { SendTiming } from '../src/modules/conversations/app/send-timing';
import { freePort } from '../tools/embedded';
import { arrivalsPerSecond } from './support/arrivals';
import { alternate, type Comparison } from './support/measure';
import { startProcess, type ServerProcess } from './support/process';
import { allSent, connectNumbers, dispatchAll, fillThreads, queueMessages } from './support/threads';
import type { World } from './support/world';

const MESSAGES = 10_000;
const RUNS = 5;
/** So many that no pace limits anything. */
const NUMBERS = Array.from({ length: 20 }, (_, i) => `+15551110${String(i).padStart(3, '0')}`);
const SENDS_PER_SECOND = 1_000;
const AREA = '+1557';

/** Connections that the worker sends for at the same time. */
const WORKER_CONCURRENCY = 5;
const IN_FLIGHT = WORKER_CONCURRENCY * new SendTiming().atOnce;

/** A worker by itself. */
export async function startWorker(
  world: World,
  more: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = await freePort(0);
  return startProcess(
    '../src/main.js',
    { ...world.env, ROLE: 'worker', PORT: String(port), ...more },
    `http://127.0.0.1:${port}`,
    '/health/live',
  );
}

/** Twilio's SDK in a loop. */
async function startSender(world: World): Promise<ServerProcess> {
  const port = await freePort(0);
  const env = {
    PORT: String(port),
    SIMULATOR_URL: world.simulator.url,
    ACCOUNT_SID: world.accountSid,
    AUTH_TOKEN: world.authToken,
    NUMBERS: NUMBERS.join(','),
    AREA,
    COUNT: String(MESSAGES),
    CALLBACK: `${world.env['PUBLIC_URL']}/api/v1/channels/whatsapp/webhook/00000000`,
    IN_FLIGHT: String(IN_FLIGHT),
  };
  return startProcess('baseline/sender.js', env, `http://127.0.0.1:${port}`, '/');
}

async function post(url: string): Promise<void> {
  const response = await fetch(url, { method: 'POST' });
  if (!response.ok) throw new Error(`the baseline answered ${response.status}`);
}

/**
 * Dispatch of messages that wait, one to each of 10,000 people: consent, session window, turn and pace asked and each outcome
 * recorded, against Twilio's SDK in a bare loop with as many sends in flight. Messages per second at the simulator, which
 * reports no states.
 */
export async function dispatchOfQueue(world: World): Promise<Comparison> {
  const { simulator } = world;
  const connections = await connectNumbers(world, NUMBERS, SENDS_PER_SECOND);
  await fillThreads(world, connections, AREA, MESSAGES);
  simulator.configure({ callbacks: false });
  const worker = await startWorker(world, { WORKER_CONCURRENCY: String(WORKER_CONCURRENCY) });
  const sender = await startSender(world);
  const product = async (): Promise<number> => {
    await queueMessages(world, connections, 'reply', 1);
    const figure = await arrivalsPerSecond(simulator, MESSAGES, () => dispatchAll(world, connections));
    await allSent(world, connections);
    return figure;
  };
  const baseline = (): Promise<number> => arrivalsPerSecond(simulator, MESSAGES, () => post(sender.url));
  try {
    await product();
    await baseline();
    return await alternate(RUNS, product, baseline);
  } finally {
    await Promise.all([worker.stop(), sender.stop()]);
    simulator.configure({ callbacks: true });
  }
}
