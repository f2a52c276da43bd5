import { execFileSync, spawnSync } from 'node:child_process';
import { OperatorError } from './operator-error';

/** The user of the operating system that PostgreSQL runs as, when the launcher itself is root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

function lookUp(): ServerUser | undefined {
  const read = (flag: string): number | undefined => {
    const answer = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
    return answer.status === 0 ? Number(answer.stdout) : undefined;
  };
  const uid = read('-u');
  const gid = read('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

function create(): void {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', NAME], { stdio: 'ignore' });
  } catch (error) {
    throw new OperatorError(
      `PostgreSQL does not run as root, and the user ${NAME} could not be created: create it, start as another user, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/**
 * Undefined for everyone but root. PostgreSQL refuses to run as root, so root starts it as the user
 * `postgres`, which is created when the system has none.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const present = lookUp();
  if (present) return present;
  create();
  return lookUp();
}

/** Whether `user` gets at `path` (enters the folder, or runs the file): asked by trying, which also knows access lists. */
export function canReach(user: ServerUser, path: string): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...user, cwd: '/', stdio: 'ignore' })
      .status === 0
  );
}
