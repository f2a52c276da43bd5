import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Stands in for the compiler: counts its runs, and fails when told to. */
const COMPILER = `
const fs = require('node:fs');
fs.appendFileSync('runs', '.');
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
if (fs.existsSync('broken')) process.exit(1);
fs.mkdirSync('dist', { recursive: true });
`;

let root: string;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'frontdesk-build-'));
  mkdirSync(join(root, 'tools'));
  copyFileSync(resolve(__dirname, '../../tools/ensure-built.mjs'), join(root, 'tools', 'ensure-built.mjs'));
  put('src/a.ts', '');
  put('tsconfig.json', '{}');
  put(
    'node_modules/@nestjs/cli/package.json',
    JSON.stringify({ name: '@nestjs/cli', bin: { nest: 'nest.js' } }),
  );
  put('node_modules/@nestjs/cli/nest.js', COMPILER);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function ensureBuilt(event = 'prestart') {
  const child = spawn(process.execPath, [join(root, 'tools', 'ensure-built.mjs')], {
    cwd: root,
    env: { PATH: process.env.PATH, npm_lifecycle_event: event },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, output };
}

const runs = () => (existsSync(join(root, 'runs')) ? readFileSync(join(root, 'runs'), 'utf8').length : 0);

it('builds at first and after every change, and else is silent', async () => {
  expect(await ensureBuilt()).toEqual({ code: 0, output: expect.stringMatching(/^Building Frontdesk.*\n$/) });
  expect(await ensureBuilt()).toEqual({ code: 0, output: '' });
  expect(runs()).toBe(1);
  const later = new Date(Date.now() + 5_000);
  utimesSync(join(root, 'tsconfig.json'), later, later);
  await ensureBuilt();
  expect(runs()).toBe(2);
});

it('notices a deleted source', async () => {
  put('src/deep/b.ts', '');
  await ensureBuilt();
  rmSync(join(root, 'src/deep/b.ts'));
  await ensureBuilt();
  expect(runs()).toBe(2);
});

it('builds again what changed during the build', async () => {
  const building = ensureBuilt();
  while (runs() === 0) await new Promise((done) => setTimeout(done, 10));
  put('src/a.ts', 'changed');
  await building;
  await ensureBuilt();
  expect(runs()).toBe(2);
});

it('builds once when asked twice at the same time', async () => {
  const both = await Promise.all([ensureBuilt(), ensureBuilt()]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(runs()).toBe(1);
});

it('goes on where a build was killed', async () => {
  put('node_modules/.frontdesk-build', String(2 ** 22 - 1));
  expect((await ensureBuilt()).code).toBe(0);
  expect(runs()).toBe(1);
});

it('fails with a broken build before a start, but does not spoil an installation', async () => {
  put('broken', '');
  expect((await ensureBuilt()).code).toBe(1);
  expect((await ensureBuilt('prepare')).code).toBe(0);
  expect((await ensureBuilt()).code).toBe(1);
  expect(runs()).toBe(3);
});

it('without the compiler runs what is built, and says what to do where nothing is', async () => {
  rmSync(join(root, 'node_modules/@nestjs'), { recursive: true });
  expect(await ensureBuilt('prepare')).toEqual({ code: 0, output: '' });
  expect(await ensureBuilt()).toEqual({ code: 1, output: expect.stringMatching(/run npm ci .*\n$/) });
  put('dist/.built', '');
  put('src/a.ts', 'changed');
  expect(await ensureBuilt()).toEqual({ code: 0, output: '' });
});
