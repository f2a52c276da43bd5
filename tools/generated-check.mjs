/**
 * Makes the generated files again and fails when they differ from the committed ones, so that a change of policies,
 * constraints, routes or settings is seen in review.
 */
import { spawnSync } from 'node:child_process';

const GENERATED = [
  'docs/configuration.md',
  'src/common/isolation/expected.json',
  'test/golden/openapi.json',
  'test/golden/schema.sql',
];

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  return status ?? 1;
}

function fail(message) {
  console.error(`generated:check: ${message}`);
  process.exit(1);
}

if (run('npm', ['run', '--silent', 'generate']) !== 0) fail('a generator failed; its message stands above.');
for (const path of GENERATED)
  if (run('git', ['ls-files', '--error-unmatch', path]) !== 0)
    fail(`${path} is not committed: run "npm run generate", look at the file, commit it.`);
if (run('git', ['--no-pager', 'diff', '--exit-code', '--', ...GENERATED]) !== 0)
  fail('the files above changed: run "npm run generate", look at the difference, commit it.');
