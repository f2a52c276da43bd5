import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { SHARED_HOME } from './binaries';
import { OperatorError } from './operator-error';
import { canReach, type ServerUser } from './server-user';

/** The one major version that the npm package brings. */
export const MAJOR_VERSION = '18';

/** Paths of one embedded server; `root` holds all of it. */
export interface DataFolder {
  readonly root: string;
  /** PostgreSQL's own data directory. It appears by a rename, so that it is never there half made. */
  readonly cluster: string;
  readonly draft: string;
  readonly passwordFile: string;
  readonly portFile: string;
  readonly logFile: string;
}

/** The paths below `dataDir`; looks at nothing. */
export function describeFolder(root: string): DataFolder {
  return {
    root,
    cluster: join(root, 'data'),
    draft: join(root, 'data.new'),
    passwordFile: join(root, 'password.new'),
    portFile: join(root, 'port'),
    logFile: join(root, 'server.log'),
  };
}

/** Files that a first start which was interrupted may have left. */
const TRACES = new Set(['data.new', 'password.new', 'port', 'server.log']);

function refuse(root: string, what: string): never {
  throw new OperatorError(`The data folder ${root} ${what}`);
}

/** Throws one line that says what to do, unless the folder is empty or holds a database of our version. */
function check(folder: DataFolder): void {
  const advice = 'move it away to start with an empty database, or put the right one back.';
  if (existsSync(folder.cluster)) {
    const versionFile = join(folder.cluster, 'PG_VERSION');
    if (!existsSync(versionFile))
      refuse(folder.root, `holds no PostgreSQL database (no data/PG_VERSION): ${advice}`);
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version !== MAJOR_VERSION)
      refuse(
        folder.root,
        `was made by PostgreSQL ${version.slice(0, 20)}, this is ${MAJOR_VERSION}: ${advice}`,
      );
  } else if (readdirSync(folder.root).some((name) => !TRACES.has(name)))
    refuse(folder.root, `holds other files than a PostgreSQL database: ${advice}`);
}

/**
 * A folder that `user` can enter. When root's repository lies where nobody else may look (such as /root), the data
 * lie under {@link SHARED_HOME} and `path` is a link to them.
 */
function openTo(user: ServerUser, path: string): void {
  chownSync(path, user.uid, user.gid);
  if (canReach(user, path)) return;
  if (readdirSync(path).length > 0)
    refuse(path, `cannot be entered by the user postgres: let it pass the folders above.`);
  mkdirSync(SHARED_HOME, { recursive: true, mode: 0o755 });
  const outside = mkdtempSync(join(SHARED_HOME, 'data-'));
  chownSync(outside, user.uid, user.gid);
  rmdirSync(path);
  symlinkSync(outside, path);
}

/** Makes or checks the folder `dataDir`: mode 0700, owned by the user that PostgreSQL runs as. */
export function openFolder(dataDir: string, user: ServerUser | undefined): DataFolder {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (user && !lstatSync(dataDir).isSymbolicLink()) openTo(user, dataDir);
    const root = realpathSync(dataDir);
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
    chmodSync(root, 0o700);
    const folder = describeFolder(root);
    check(folder);
    return folder;
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new OperatorError(
      code === 'ENOTDIR' || code === 'EEXIST'
        ? `The data folder ${dataDir} is not a folder: move that file away, or set FRONTDESK_DATA_DIR to another place.`
        : `The data folder ${dataDir} cannot be written (${code ?? 'unknown error'}): make it yours, or set FRONTDESK_DATA_DIR to another place.`,
      { cause: error },
    );
  }
}
