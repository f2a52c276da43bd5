import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUIRED_VARIABLES, VARIABLES } from '../../src/common/config';
import { configurationPage } from '../../tools/docs/configuration';

const page = configurationPage();
const row = (name: string): string =>
  page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';

test('docs/configuration.md is what the code says', () => {
  expect(readFileSync(join(__dirname, '../../docs/configuration.md'), 'utf8')).toBe(page);
});

test.each(Object.keys(VARIABLES))('%s has a row of four full cells', (name) => {
  const cells = row(name).split('|').slice(1, -1);
  expect(cells).toHaveLength(4);
  for (const cell of cells) expect(cell.trim()).toMatch(/[\w`]{2}/);
});

test('secrets are marked, and only they', () => {
  const marked = Object.keys(VARIABLES).filter((name) => row(name).includes('**Secret.**'));
  expect(marked).toEqual(Object.entries(VARIABLES).flatMap(([name, { secret }]) => (secret ? [name] : [])));
});

test('what must be given is marked, and only that', () => {
  const required = Object.keys(VARIABLES).filter((name) => !row(name).endsWith('| no |'));
  expect(required.sort()).toEqual(
    [...REQUIRED_VARIABLES, 'PUBLIC_URL', 'SMTP_URL', 'MAIL_DIR', 'MAIL_FROM'].sort(),
  );
});
