// Builds the program unless dist/ is up to date. Runs before `npm start` and as npm's `prepare` script.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'dist', '.built');
const lock = join(root, 'node_modules', '.frontdesk-build');
const FOLDERS = ['src', 'tools', 'bench'];
const FILES = ['ormconfig.ts', 'nest-cli.json', 'package-lock.json'];

/** When the last change below `path` happened; a folder's own time tells of deleted files. 0 when there is none. */
function lastChange(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}

function upToDate() {
  if (!existsSync(stamp)) return false;
  const configs = readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name));
  const inputs = [...FOLDERS, ...FILES, ...configs].map((name) => lastChange(join(root, name)));
  return Math.max(...inputs) <= statSync(stamp).mtimeMs;
}

/** The compiler's program, or undefined where devDependencies are not installed. */
function findNest() {
  const folder = join(root, 'node_modules', '@nestjs', 'cli');
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) ? join(folder, JSON.parse(readFileSync(manifest, 'utf8')).bin.nest) : undefined;
}

/** True when it was built. The stamp bears the time of the beginning: what changes meanwhile is built again. */
function build(nest) {
  const begin = new Date();
  console.log('Building Frontdesk (only after a change) ...');
  const { status } = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) return false;
  writeFileSync(stamp, '');
  utimesSync(stamp, begin, begin);
  return true;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Waits while another process builds; a lock whose process is gone counts for nothing. */
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const age = Date.now() - lastChange(lock);
    const holder = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
    // An empty file is one that is being written just now.
    if (holder > 0 ? !isAlive(holder) : age > 5_000) rmSync(lock, { force: true });
    else await sleep(100);
  }
}

/** The exit code. Preparing an installation never fails for the build's sake: `npm start` builds again and tells. */
async function main() {
  if (upToDate()) return 0;
  const preparing = process.env.npm_lifecycle_event === 'prepare';
  const nest = findNest();
  if (!nest) {
    if (preparing || existsSync(stamp)) return 0;
    console.error(
      'Frontdesk is not built, and the compiler is not installed: run npm ci (without --omit=dev) first.',
    );
    return 1;
  }
  await takeLock();
  try {
    return upToDate() || build(nest) || preparing ? 0 : 1;
  } finally {
    rmSync(lock, { force: true });
  }
}

process.exitCode = await main();
