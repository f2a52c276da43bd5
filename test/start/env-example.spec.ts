import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VARIABLES } from '../../src/common/config';

it('.env.example names every variable once, each commented out', () => {
  const lines = readFileSync(resolve(__dirname, '../../.env.example'), 'utf8').split('\n');
  const names = lines.map((line) => /^#([A-Z0-9_]+)=/.exec(line)?.[1]).filter((name) => name !== undefined);
  expect(names.sort()).toEqual(Object.keys(VARIABLES).sort());
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});
