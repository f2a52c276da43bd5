import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERMISSIONS } from '../../../src/common/auth';
import { isRole, permissionsOf, ROLES } from '../../../src/modules/tenancy/domain/roles';
import { API_KEY_SCOPES } from '../../../src/modules/tenancy/domain/scopes';

const README = join(__dirname, '../../../src/modules/tenancy/README.md');

/** The table that begins with `permission` and `owner`, row by row, each cell trimmed. */
function readmeTable(): string[][] {
  const lines = readFileSync(README, 'utf8').split('\n');
  const start = lines.findIndex((line) => /^\| permission +\| owner +\|/.test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('the table in the README is the table in the code', () => {
  const [header, , ...rows] = readmeTable();
  expect(header).toEqual(['permission', ...ROLES]);
  expect(rows).toEqual(
    PERMISSIONS.map((permission) => [
      `\`${permission}\``,
      ...ROLES.map((role) => (permissionsOf(role, true).has(permission) ? 'yes' : '')),
    ]),
  );
});

test('owners and admins may everything; viewers only look', () => {
  expect([...permissionsOf('owner', true)]).toEqual([...PERMISSIONS]);
  expect([...permissionsOf('admin', true)]).toEqual([...PERMISSIONS]);
  expect(
    [...permissionsOf('viewer')].every((permission) => permission === 'self' || permission.endsWith('.read')),
  ).toBe(true);
});

test('the installation is operated from the platform owner’s organization alone', () => {
  for (const role of ROLES) expect(permissionsOf(role).has('platform.operate')).toBe(false);
  expect(permissionsOf('agent', true).has('platform.operate')).toBe(false);
});

test('each role may at least what the next one may', () => {
  for (const [index, role] of ROLES.slice(1).entries())
    for (const permission of permissionsOf(role))
      expect(permissionsOf(ROLES[index]!).has(permission)).toBe(true);
});

test('an API key can have every permission but a person’s own', () => {
  expect([...API_KEY_SCOPES, 'self', 'platform.operate'].sort()).toEqual([...PERMISSIONS].sort());
});

test.each([
  ['owner', true],
  ['Owner', false],
  ['', false],
  ['constructor', false],
])('%j is a role: %s', (text, expected) => expect(isRole(text)).toBe(expected));
