import { freePort } from '../tools/embedded';
import type { Delivers, Delivery } from './support/deliveries';
import { requestsPerSecond } from './support/load';
import { alternate, type Comparison } from './support/measure';
import { startProcess } from './support/process';
import { POOL_SIZE, type World } from './support/world';

const RUNS = 9;
const SECONDS = 4;
const CONNECTIONS = 32;

/** What was measured at the intake, and how much memory the process held after each run. */
export interface IntakeResult {
  readonly comparison: Comparison;
  readonly residentMegabytes: readonly number[];
}

/** Requests that are made before the clock runs, so that signing them costs neither side anything. */
function supply(provider: Delivers, world: World, publicUrl: string, count: number): () => Delivery {
  const made = Array.from({ length: count }, () => provider.inbound(world, publicUrl));
  return () => made.pop() ?? provider.inbound(world, publicUrl);
}

/**
 * Webhook intake of a provider: signature checked, delivery logged, event claimed, job queued, against node:http and pg running that one
 * statement on a pool of the same size, unsigned and unchecked.
 */
export async function webhookIntake(world: World, provider: Delivers): Promise<IntakeResult> {
  const api = await startProcess(
    '../src/main.js',
    { ...world.env, ROLE: 'api' },
    world.env['PUBLIC_URL'] ?? '',
    '/health/live',
  );
  const connectionId = await provider.connect(world, api);
  const port = await freePort(0);
  const baseline = await startProcess(
    'baseline/server.js',
    {
      DATABASE_URL: world.serviceUrl,
      POOL_SIZE: String(POOL_SIZE),
      PORT: String(port),
      ORG_ID: world.orgId,
      CONNECTION_ID: connectionId,
    },
    `http://127.0.0.1:${port}`,
    '/',
  );
  const residentMegabytes: number[] = [];
  const run = (url: string, seconds: number) => {
    const next = supply(provider, world, api.url, seconds * 4_000);
    return requestsPerSecond({
      url,
      seconds,
      connections: CONNECTIONS,
      request: {
        method: 'POST',
        path: provider.path,
        setupRequest: (request) => ({ ...request, ...next() }),
      },
    });
  };
  try {
    await run(api.url, 2);
    await run(baseline.url, 2);
    const comparison = await alternate(
      RUNS,
      async () => {
        const figure = await run(api.url, SECONDS);
        residentMegabytes.push(api.residentMegabytes());
        return figure;
      },
      () => run(baseline.url, SECONDS),
    );
    return { comparison, residentMegabytes };
  } finally {
    await Promise.all([api.stop(), baseline.stop()]);
  }
}
