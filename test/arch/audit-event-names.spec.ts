import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const MODULES = resolve(__dirname, '../../src/modules');

/** Every event type that the program writes, with the module that writes it. */
function eventTypes(): { module: string; eventType: string }[] {
  return readdirSync(MODULES).flatMap((module) =>
    readdirSync(join(MODULES, module), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [
        ...readFileSync(join(MODULES, module, file), 'utf8').matchAll(/(?:eventType:|EVENT =) '([^']*)'/g),
      ])
      .map(([, eventType = '']) => ({ module, eventType })),
  );
}

it('audit events are named after their module, in kebab-case: rows are append-only, so a name stays for ever', () => {
  const found = eventTypes();
  expect(found.length).toBeGreaterThanOrEqual(8);
  for (const { module, eventType } of found)
    expect(eventType).toMatch(new RegExp(`^${module}\\.[a-z]+(-[a-z]+)*$`));
});

it('the README of tenancy names each of its events', () => {
  const readme = readFileSync(join(MODULES, 'tenancy', 'README.md'), 'utf8');
  const own = eventTypes().filter(({ module }) => module === 'tenancy');
  for (const { eventType } of own) expect(readme).toContain(`\`${eventType}\``);
});
