import { parseArgs } from 'node:util';
import { loadConfig } from '../src/common/config';
import {
  ReadKeyStatus,
  RotateKeys,
  type KeyStatus,
  type RotationProgress,
} from '../src/common/crypto/rotation';
import { Log } from '../src/common/logging';
import { createApp } from '../src/server';
import { withDatabase } from './database/environment-of-database';
import { OperatorError } from './embedded';
import { Closers } from './start/closers';
import { readDotEnv } from './start/environment';
import { report } from './start/explain';

const HOUR = 3_600_000;
const USAGE =
  'Say: npm run keys:rotate [-- --data-keys [--older-than <hours>]], or npm run keys:status. See docs/security.md.';

interface Wanted {
  readonly isStatus: boolean;
  readonly renewMadeBefore?: Date;
}

/** Throws an {@link OperatorError} with the usage. */
function wanted(): Wanted {
  const options = {
    status: { type: 'boolean', default: false },
    'data-keys': { type: 'boolean', default: false },
    'older-than': { type: 'string' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new OperatorError(USAGE, { cause: error });
  }
  // Who starts again after a crash goes on: what got its new key within the day does not get another one.
  const hours = Number(values['older-than'] ?? '24');
  const isMeant = values['older-than'] === undefined || values['data-keys'];
  if (!Number.isFinite(hours) || hours < 0 || !isMeant || (values.status && values['data-keys']))
    throw new OperatorError(USAGE);
  return {
    isStatus: values.status,
    ...(values['data-keys'] ? { renewMadeBefore: new Date(Date.now() - hours * HOUR) } : {}),
  };
}

/** Tells how far it is, once a second at most. */
function tellingAtTimes(): (progress: RotationProgress) => void {
  let last = Date.now();
  return (progress) => {
    if (Date.now() - last < 1_000) return;
    last = Date.now();
    tell(progress);
  };
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function tell(progress: RotationProgress): void {
  const { organizations, rewrapped, renewed, resealed, dropped, failed } = progress;
  console.log(
    `${counted(organizations, 'organization')}: ${counted(rewrapped, 'data key')} rewrapped, ${renewed} made, ` +
      `${counted(resealed, 'secret')} sealed again, ${counted(dropped, 'old data key')} removed, ${counted(failed.length, 'failure')}`,
  );
}

function tellStatus({ masterKeys, replacedDataKeys, sealingDataKeys }: KeyStatus): void {
  for (const { masterKeyId, isNewest, isKnown, isNeeded, dataKeys, organizations } of masterKeys)
    console.log(
      `master key ${masterKeyId}${isNewest ? ' (newest)' : ''}: ${
        isNeeded
          ? `needed, wraps ${counted(dataKeys, 'data key')} of ${counted(organizations, 'organization')}`
          : 'not needed'
      }${isKnown ? '' : ', and NOT in MASTER_KEYS'}`,
    );
  console.log(
    replacedDataKeys === 0
      ? 'No replaced data key is left'
      : `${counted(replacedDataKeys, 'replaced data key')} not removed yet, ${sealingDataKeys} of which may still seal something`,
  );
}

/** True when nothing is left to do. */
async function work({ isStatus, renewMadeBefore }: Wanted, env: NodeJS.ProcessEnv): Promise<boolean> {
  const app = await createApp(loadConfig({ ...env, ROLE: 'api' }), new Log('silent'));
  try {
    await app.init();
    let failed: readonly string[] = [];
    if (!isStatus) {
      const keys = app.get(RotateKeys, { strict: false });
      const done = await keys.run({
        onProgress: tellingAtTimes(),
        ...(renewMadeBefore ? { renewMadeBefore } : {}),
      });
      tell(done);
      ({ failed } = done);
      for (const what of failed) console.log(`Does not open: ${what}`);
    }
    const status = await app.get(ReadKeyStatus, { strict: false }).execute();
    tellStatus(status);
    return failed.length === 0 && status.isComplete;
  } finally {
    await app.close();
  }
}

/**
 * `npm run keys:rotate` and `keys:status`, on the database that `npm start` uses. Exit code 0 when nothing
 * is left under an older key, 1 when something is, or does not open, 2 when it could not work.
 */
async function main(): Promise<void> {
  const closers = new Closers();
  try {
    const what = wanted();
    readDotEnv();
    process.exitCode = (await work(what, await withDatabase(process.env, closers))) ? 0 : 1;
  } catch (error) {
    report(error);
    process.exitCode = 2;
  }
  for (const failure of await closers.close()) report(failure);
}

void main();
