import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { OperatorError, serverUser } from '../embedded';

/** The folder that holds the embedded database, the generated secrets and the sign-in of the demo organization. */
export interface Home {
  readonly path: string;
  readonly databaseFolder: string;
}

/** The paths inside `path`; looks at nothing. */
export function describeHome(path: string): Home {
  return { path, databaseFolder: join(path, 'postgres') };
}

/**
 * Makes the folder with mode 0700. Started by root, PostgreSQL runs as another user, who may pass through (0710,
 * that user's group) but not look around.
 */
export function openHome(path: string): Home {
  const user = serverUser();
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (user) chownSync(path, 0, user.gid);
    chmodSync(path, user ? 0o710 : 0o700);
    const probe = join(path, `.probe.${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OperatorError(
      code === 'ENOTDIR' || code === 'EEXIST'
        ? `The data folder ${path} is not a folder: move that file away, or set FRONTDESK_DATA_DIR to another place.`
        : `The data folder ${path} cannot be written (${code ?? 'unknown error'}): make it yours, or set FRONTDESK_DATA_DIR to another place.`,
      { cause: error },
    );
  }
  return describeHome(path);
}

/** Writes a file (and makes its folder) that only its owner reads, so that it is there whole or not at all. */
export function writePrivateFile(path: string, content: object): void {
  const draft = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
}

/** The object of text values in the JSON file `path`; undefined when there is no file. Throws when it is damaged. */
export function readPrivateFile(path: string): Record<string, string> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
    if (isObject && Object.values(content).every((value) => typeof value === 'string'))
      return content as Record<string, string>;
  } catch {
    // The parser's message would quote the file; the line below says what matters.
  }
  throw new OperatorError(`${path} is damaged: put the right file back.`);
}
