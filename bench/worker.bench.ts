import { freePort } from '../tools/embedded';
import { startProcess } from './support/process';
import type { World } from './support/world';

/** How a worker got through the deliveries that the intake left, and how much memory it held meanwhile. */
export interface WorkerResult {
  readonly deliveries: number;
  readonly seconds: number;
  readonly residentMegabytes: readonly number[];
}

const LIMIT_MS = 60_000;

/** Lets one worker process work on the backlog for up to a minute, looking at its memory every two seconds. */
export async function workerUnderLoad(world: World): Promise<WorkerResult> {
  const port = await freePort(0);
  const before = await processed(world);
  const worker = await startProcess(
    '../src/main.js',
    { ...world.env, ROLE: 'worker', PORT: String(port) },
    `http://127.0.0.1:${port}`,
    '/health/live',
  );
  const residentMegabytes: number[] = [];
  const started = performance.now();
  try {
    while (performance.now() - started < LIMIT_MS && (await backlog(world)) > 0) {
      residentMegabytes.push(worker.residentMegabytes());
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
    const seconds = (performance.now() - started) / 1000;
    return { deliveries: (await processed(world)) - before, seconds, residentMegabytes };
  } finally {
    await worker.stop();
  }
}

async function backlog(world: World): Promise<number> {
  const [row] = await world.query<{ n: string }>(
    `SELECT count(*) AS n FROM graphile_worker._private_jobs WHERE attempts < max_attempts`,
  );
  return Number(row?.n ?? 0);
}

async function processed(world: World): Promise<number> {
  const [row] = await world.query<{ n: string }>(
    `SELECT count(*) AS n FROM processed_webhook_events WHERE status = 'processed'`,
  );
  return Number(row?.n ?? 0);
}
