import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something that happens beside the requests; throws when it has not within ten seconds. */
export async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await isDone()) return;
    await sleep(25);
  }
  throw new Error('it did not happen');
}
