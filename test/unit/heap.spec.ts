import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, transpileModule } from 'typescript';

const SOURCE = readFileSync(join(__dirname, '../../src/heap.ts'), 'utf8');
const HEAP = transpileModule(SOURCE, { compilerOptions: { module: ModuleKind.CommonJS } }).outputText;

/** Holds 45 MB for good, and as it goes much more for a while, each piece longer than the young generation keeps it. */
const WORK = `(() => {
  const block = () => Array.from({ length: 8192 }, (_, i) => ({ i, half: i + 0.5 }));
  const alive = Array.from({ length: 96 }, block);
  const passing = [];
  let most = 0;
  for (let n = 0; n < 1000; n++) {
    passing[n % 24] = block();
    most = Math.max(most, process.memoryUsage().heapUsed);
  }
  console.log(alive.length && most / 1048576);
})()`;

test('garbage is collected before it outweighs what is alive', () => {
  // One thread: a collection comes when so much was allocated, however fast the machine is.
  const megabytes = Number(
    execFileSync(process.execPath, [
      '--single-threaded-gc',
      '-e',
      `${HEAP}\nexports.keepHeapSmall();${WORK}`,
    ]),
  );
  // 114; by itself V8 lets it become 280.
  expect(megabytes).toBeLessThan(170);
});
