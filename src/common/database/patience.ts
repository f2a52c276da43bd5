import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from './sql-state';

const PAUSE_MS = 500;
const LIMIT_MS = 60_000;

/**
 * Runs `work` again while the database is away, for up to a minute: for what is known here and would be lost otherwise, such
 * as the outcome of a call of the network. `work` changes nothing when it runs twice: an answer to COMMIT can be lost, too.
 */
export async function whenDatabaseIsBack<T>(work: () => Promise<T>): Promise<T> {
  const limit = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > limit) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
