import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than a slow machine takes for anything, and a little less than Jest gives a test. */
const LIMIT_MS = 50_000;

/** Waits for something that happens beside the requests; throws when it has not within fifty seconds. */
export async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + LIMIT_MS;
  do {
    if (await isDone()) return;
    await sleep(10);
  } while (Date.now() < limit);
  throw new Error('it did not happen');
}
