import { setTimeout as sleep } from 'node:timers/promises';
import type { TwilioSimulator } from '../../tools/twilio-simulator';
import { anOrganization, as, testApp, type TestApp, type TestDatabase } from '../support';
import type { TestBusiness } from '../support/business';
import { aConnection } from '../support/connections';
import type { ServerProcess } from '../support/server-process';

/** What looking into a database takes. */
export type Looks = Pick<TestDatabase, 'query'>;

/**
 * Makes an organization with a connected number, which `server` then serves. A program of this process does it, and is gone
 * when this resolves: the one under test need not run yet. `prepare` has it do more.
 */
export async function aServedBusiness(
  db: TestDatabase,
  server: ServerProcess,
  twilio: TwilioSimulator,
  more: { env?: Record<string, string>; prepare?: (app: TestApp) => Promise<void> } = {},
): Promise<TestBusiness> {
  const env = { ROLE: 'api', PUBLIC_URL: server.url, TWILIO_API_BASE_URL: twilio.url, ...more.env };
  const app = await testApp({ db, env });
  try {
    const organization = await anOrganization(app);
    const connection = await aConnection(app, twilio, organization.ownerToken);
    await more.prepare?.(app);
    return { ...organization, connection, owner: as(server, organization.ownerToken) };
  } finally {
    await app.stop();
  }
}

/** Asks again and again until the answer is yes. Throws, saying `what` it waited for, when that takes longer than `limitMs`. */
export async function until(
  what: string,
  isSo: () => Promise<boolean>,
  limitMs = 120_000,
  explain = async (): Promise<string> => '',
): Promise<void> {
  const began = Date.now();
  while (!(await isSo())) {
    const waited = Date.now() - began;
    if (waited > limitMs) throw new Error(`not within ${limitMs} ms: ${what} ${await explain()}`);
    // Who waits long asks less often: what is waited for needs the cores itself.
    await sleep(Math.min(25 + waited / 50, 250));
  }
}

/** Runs `work` on every item, at most `width` at the same time. Resolves with the results in the order of the items. */
export async function spread<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/** One number that a statement answers. */
export async function countOf(db: Looks, sql: string, params: readonly unknown[] = []): Promise<number> {
  const [row] = await db.query<{ count: string }>(sql, params);
  return Number(row?.count);
}

/**
 * Waits until all that was set off has come to its end: no job is left, whether due, running or put off, and no message is on
 * its way. Dead jobs do not count. With `exceptLooks`, messages may still be looked for at the provider, which takes minutes.
 */
export async function allDone(
  db: Looks,
  twilio: TwilioSimulator,
  { limitMs = 120_000, exceptLooks = false } = {},
): Promise<void> {
  const left = `
    SELECT (SELECT count(*) FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
        WHERE (attempts < max_attempts OR locked_at IS NOT NULL)
          -- Every half hour the clock plans these, spread over the next minutes.
          AND identifier <> 'conversations.sync-account-templates'
          AND NOT ($1 AND identifier = 'conversations.resolve-unknown'))
      + (SELECT count(*) FROM messages WHERE status IN ('queued', 'sending') OR (status = 'unknown' AND NOT $1)) AS count`;
  const isDone = async (): Promise<boolean> => {
    await twilio.idle();
    return (await countOf(db, left, [exceptLooks])) === 0;
  };
  await until('all jobs are done and all messages have arrived', isDone, limitMs, () => whatIsLeft(db));
}

/** For the one who reads that it took too long. */
async function whatIsLeft(db: Looks): Promise<string> {
  const jobs = await db.query(
    `SELECT t.identifier, j.last_error, j.attempts, j.locked_at IS NOT NULL AS locked, count(*)
     FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id GROUP BY 1, 2, 3, 4`,
  );
  const messages = await db.query(
    'SELECT direction, status, error_code, count(*) FROM messages GROUP BY 1, 2, 3',
  );
  return JSON.stringify({ jobs, messages });
}
