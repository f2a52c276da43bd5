import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../embedded';
import type { Home } from './home';
import { processIdentity } from './process-identity';

/** Where a launcher serves, once it does. */
export interface Whereabouts {
  readonly url?: string | undefined;
  /** Where its stand-in for Twilio listens, when it has one. */
  readonly simulatorUrl?: string | undefined;
  /** Where that for Meta does. */
  readonly cloudSimulatorUrl?: string | undefined;
}

interface Holder extends Whereabouts {
  readonly pid: number;
  readonly identity: string;
}

/** One launcher at a time works in a data folder. */
export interface Lock {
  /** Tells a second launcher, and the demo, where this one serves. */
  announce(whereabouts: Whereabouts): void;
  release(): void;
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function holds(holder: Holder | undefined): holder is Holder {
  return holder !== undefined && processIdentity(holder.pid) === holder.identity;
}

/** Moves a dead launcher's lock aside; puts it back when, in between, a living one had taken it. */
function removeDead(path: string): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (holds(read(aside))) linkSync(aside, path);
  rmSync(aside);
}

function refuse(home: Home, holder: Holder): never {
  const where = holder.url ?? 'it is still starting';
  throw new OperatorError(
    `Frontdesk is already running in ${home.path} (${where}, process ${holder.pid}): stop it first, or set FRONTDESK_DATA_DIR and PORT for a second one.`,
  );
}

/** Where the launcher that works in the folder at `path` serves; undefined while none does. */
export function runningLauncher(path: string): Whereabouts | undefined {
  const holder = read(join(path, 'launcher.json'));
  return holds(holder) ? holder : undefined;
}

/** Takes the folder for this process. A launcher that was killed holds nothing. */
export function takeLock(home: Home): Lock {
  const path = join(home.path, 'launcher.json');
  const self: Holder = { pid: process.pid, identity: processIdentity(process.pid) ?? 'unknown' };
  const draft = `${path}.${process.pid}`;
  const write = (holder: Holder) => writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  write(self);
  try {
    for (let attempt = 0; ; attempt++)
      try {
        // A link appears with its content, and fails where there is one already.
        linkSync(draft, path);
        break;
      } catch (error) {
        const holder = read(path);
        if (holds(holder)) refuse(home, holder);
        if (attempt === 10) throw error;
        removeDead(path);
      }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    announce(whereabouts) {
      write({ ...self, ...whereabouts });
      renameSync(draft, path);
    },
    release() {
      if (read(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}
