import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Tree, type Violation, ROOT, copyRules, cruise, plantTree } from './cruise';

const modules = JSON.parse(readFileSync(join(ROOT, 'tools/stairs.json'), 'utf8')) as string[];

/** A file that breaks one rule by one import. `target` is the file that the import must exist as, if it is ours. */
interface Plant {
  rule: string;
  from: string;
  imports: string;
  target?: string;
  typeOnly?: boolean;
}

const at = (index: number): string => modules[index] ?? `no module ${String(index)}`;
const left = at(0);
const right = at(modules.length - 1);

/** Every step is tried against every step right of it: a rule that forgot one of them would be seen. */
const stairPlants: Plant[] = modules.flatMap((name, step) =>
  modules.slice(step + 1).map((above) => ({
    rule: `stairs-${name}`,
    from: `src/modules/${name}/app/calls-${above}.ts`,
    imports: `../../${above}`,
    target: `src/modules/${above}/index.ts`,
  })),
);

const plants: Plant[] = [
  ...stairPlants,
  ...modules.map((name) => ({
    rule: 'stairs-common',
    from: `src/common/calls-${name}.ts`,
    imports: `../modules/${name}`,
    target: `src/modules/${name}/index.ts`,
  })),
  {
    rule: 'stairs-common',
    from: 'src/common/type-only.ts',
    imports: `../modules/${left}`,
    target: `src/modules/${left}/index.ts`,
    typeOnly: true,
  },
  {
    rule: 'stairs-unlisted-module',
    from: 'src/modules/billing/app/charge.ts',
    imports: '../../../common/time/clock',
    target: 'src/common/time/clock.ts',
  },
  {
    rule: 'stairs-unlisted-target',
    from: 'src/uses-unlisted.ts',
    imports: './modules/loyalty',
    target: 'src/modules/loyalty/index.ts',
  },
  {
    rule: 'doors-between-modules',
    from: `src/modules/${right}/app/climbs-in.ts`,
    imports: `../../${left}/app/record`,
    target: `src/modules/${left}/app/record.ts`,
  },
  {
    rule: 'doors-between-modules',
    from: `src/modules/${right}/app/climbs-in-by-type.ts`,
    imports: `../../${left}/domain/entry`,
    target: `src/modules/${left}/domain/entry.ts`,
    typeOnly: true,
  },
  {
    rule: 'doors-from-outside',
    from: 'src/climbs-in.ts',
    imports: `./modules/${left}/${left}.module`,
    target: `src/modules/${left}/${left}.module.ts`,
  },
  {
    rule: 'rooms-domain-pure',
    from: `src/modules/${left}/domain/reads-database.ts`,
    imports: '../../../common/database/database',
    target: 'src/common/database/database.ts',
  },
  {
    rule: 'rooms-domain-pure',
    from: `src/modules/${left}/domain/calls-app.ts`,
    imports: '../app/record',
    target: `src/modules/${left}/app/record.ts`,
  },
  {
    rule: 'rooms-domain-pure',
    from: `src/modules/${right}/domain/knows-another-module.ts`,
    imports: `../../${left}`,
    target: `src/modules/${left}/index.ts`,
  },
  ...['@nestjs/common', 'fastify', '@fastify/helmet', 'typeorm'].map((name, number) => ({
    rule: 'rooms-domain-no-framework',
    from: `src/modules/${left}/domain/framework-${String(number)}.ts`,
    imports: name,
  })),
  { rule: 'rooms-domain-no-packages', from: `src/modules/${left}/domain/reads-file.ts`, imports: 'node:fs' },
  { rule: 'rooms-domain-no-packages', from: `src/modules/${left}/domain/makes-ids.ts`, imports: 'uuid' },
  {
    rule: 'rooms-api-not-db',
    from: `src/modules/${left}/api/skips-app.ts`,
    imports: '../db/rows',
    target: `src/modules/${left}/db/rows.ts`,
  },
  {
    rule: 'rooms-app-not-api',
    from: `src/modules/${left}/app/knows-http.ts`,
    imports: '../api/dto',
    target: `src/modules/${left}/api/dto.ts`,
  },
  {
    rule: 'rooms-db-not-up',
    from: `src/modules/${left}/db/calls-app.ts`,
    imports: '../app/record',
    target: `src/modules/${left}/app/record.ts`,
  },
  {
    rule: 'rooms-db-not-up',
    from: `src/modules/${left}/db/calls-api.ts`,
    imports: '../api/dto',
    target: `src/modules/${left}/api/dto.ts`,
  },
  {
    rule: 'rooms-providers-leaf',
    from: 'src/modules/channels/providers/twilio/asks-database.ts',
    imports: '../../db/rows',
    target: 'src/modules/channels/db/rows.ts',
  },
  {
    rule: 'rooms-providers-leaf',
    from: 'src/modules/channels/providers/twilio/writes-trail.ts',
    imports: '../../../audit',
    target: 'src/modules/audit/index.ts',
  },
  ...['api', 'app', 'domain', 'db'].map((room) => ({
    rule: 'rooms-providers-behind-port',
    from: `src/modules/channels/${room}/knows-adapter.ts`,
    imports: '../providers/twilio/adapter',
    target: 'src/modules/channels/providers/twilio/adapter.ts',
  })),
  { rule: 'rooms-api-no-typeorm', from: `src/modules/${left}/api/queries.ts`, imports: 'typeorm' },
  { rule: 'server-not-tools', from: 'src/uses-tool.ts', imports: '../tools/seed', target: 'tools/seed.ts' },
  { rule: 'server-not-tools', from: 'src/uses-test.ts', imports: '../test/data', target: 'test/data.ts' },
  { rule: 'server-not-tools', from: 'src/uses-bench.ts', imports: '../bench/load', target: 'bench/load.ts' },
  { rule: 'server-not-tools', from: 'src/uses-orm.ts', imports: '../ormconfig', target: 'ormconfig.ts' },
  { rule: 'server-no-dev-packages', from: 'src/uses-dev-package.ts', imports: 'supertest' },
  { rule: 'server-listed-packages', from: 'src/uses-unlisted-package.ts', imports: 'left-pad' },
  { rule: 'no-unresolvable', from: 'src/uses-missing-file.ts', imports: './is-not-there' },
  {
    rule: 'no-circular',
    from: 'src/common/egg.ts',
    imports: './hen',
    target: 'src/common/hen.ts',
    typeOnly: true,
  },
  {
    rule: 'migrations-alone',
    from: 'src/migrations/0001-uses-app.ts',
    imports: '../common/time/clock',
    target: 'src/common/time/clock.ts',
  },
  { rule: 'migrations-alone', from: 'src/migrations/0002-reads-file.ts', imports: 'node:fs' },
  {
    rule: 'migrations-alone',
    from: 'src/migrations/0003-uses-migration.ts',
    imports: './0002-reads-file',
  },
  {
    rule: 'migrations-index-lists',
    from: 'src/migrations/index.ts',
    imports: './support/tenant-table',
    target: 'src/migrations/support/tenant-table.ts',
  },
  { rule: 'twilio-only-in-channels', from: 'src/common/sends.ts', imports: 'twilio' },
  { rule: 'twilio-only-in-channels', from: 'src/modules/conversations/app/sends.ts', imports: 'twilio' },
  { rule: 'twilio-only-in-channels', from: 'src/modules/channels/app/sends.ts', imports: 'twilio' },
  ...['pg', 'pg-pool', 'graphile-worker'].map((name, number) => ({
    rule: 'pg-only-in-common',
    from: `src/modules/${right}/db/connects-${String(number)}.ts`,
    imports: name,
  })),
];

const packageNames = [
  ...['@nestjs/common', 'fastify', '@fastify/helmet', 'typeorm', 'uuid', 'twilio', 'pg', 'pg-pool'],
  ...['graphile-worker', 'libphonenumber-js', 'supertest', 'left-pad'],
];

/** Stand-ins for packages, so that the planted trees resolve what they import without the real ones. */
function packages(): Tree {
  const listed = packageNames.filter((name) => name !== 'supertest' && name !== 'left-pad');
  const manifest = {
    name: 'planted',
    dependencies: Object.fromEntries(listed.map((name) => [name, '1.0.0'])),
    devDependencies: { supertest: '1.0.0' },
  };
  const tree: Tree = { 'package.json': JSON.stringify(manifest) };
  for (const name of packageNames) {
    tree[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
    tree[`node_modules/${name}/index.js`] = 'module.exports = {};';
  }
  return tree;
}

function importLine(plant: Pick<Plant, 'imports' | 'typeOnly'>): string {
  return `import ${plant.typeOnly === true ? 'type ' : ''}{ it } from '${plant.imports}';\nexport const used: unknown = ${plant.typeOnly === true ? 'null as it | null' : 'it'};\n`;
}

function plantedTree(): Tree {
  const tree = packages();
  for (const plant of plants) if (plant.target !== undefined) tree[plant.target] = 'export const it = 1;\n';
  for (const plant of plants) tree[plant.from] = importLine(plant);
  tree['src/common/hen.ts'] = "import type { used } from './egg';\nexport type it = typeof used;\n";
  return tree;
}

/** All that is allowed and stands closest to what is forbidden. */
function lawfulTree(): Tree {
  const lines = (...imports: string[]): string =>
    imports
      .map(
        (name, number) => `import * as i${String(number)} from '${name}';\nexport { i${String(number)} };\n`,
      )
      .join('');
  const tree: Tree = {
    ...packages(),
    'src/app.module.ts': lines(...modules.map((name) => `./modules/${name}`)),
  };
  for (const ground of ['errors', 'events', 'time', 'context', 'database']) {
    tree[`src/common/${ground}/index.ts`] =
      ground === 'database' ? lines('pg', 'graphile-worker') : 'export {};\n';
  }
  modules.forEach((name, step) => {
    const home = `src/modules/${name}`;
    tree[`${home}/index.ts`] = lines(`./${name}.module`);
    tree[`${home}/${name}.module.ts`] = lines('./api/it', './app/it', './db/it', '@nestjs/common');
    tree[`${home}/api/it.ts`] = lines(
      '../app/it',
      '../domain/it',
      '@nestjs/common',
      '../../../common/errors',
    );
    tree[`${home}/app/it.ts`] = lines(
      '../db/it',
      '../domain/it',
      ...modules.slice(0, step).map((m) => `../../${m}`),
    );
    tree[`${home}/db/it.ts`] = lines('../domain/it', 'typeorm', '../../../common/database');
    tree[`${home}/domain/it.ts`] = lines(
      ...['errors', 'events', 'time', 'context'].map((ground) => `../../../common/${ground}`),
      './also',
      'libphonenumber-js',
    );
    tree[`${home}/domain/also.ts`] = 'export {};\n';
  });
  tree['src/modules/channels/providers/twilio/it.ts'] = lines('twilio', '../../domain/it', '@nestjs/common');
  tree['src/modules/channels/channels.module.ts'] = lines(
    './providers/twilio/it',
    ...['api', 'app', 'db'].map((room) => `./${room}/it`),
  );
  tree['src/migrations/index.ts'] = lines('./0001-first');
  tree['src/migrations/0001-first.ts'] = lines('./support/tenant-table', 'typeorm');
  tree['src/migrations/support/tenant-table.ts'] = lines('typeorm');
  return tree;
}

function cruiseTree(tree: Tree): Violation[] {
  const folder = plantTree(tree);
  try {
    copyRules(folder);
    return cruise(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The names of all rules, as dependency-cruiser will read them. */
function ruleNames(): string[] {
  // The rules are a CommonJS configuration file at the root, outside the TypeScript program.
  const { forbidden } = jest.requireActual<{ forbidden: { name: string }[] }>('../../.dependency-cruiser.js');
  return forbidden.map((rule) => rule.name);
}

describe('the rules of the house', () => {
  let violations: Violation[];
  beforeAll(() => {
    violations = cruiseTree(plantedTree());
  });

  it.each(plants)('$rule fires on $from importing $imports', ({ rule, from }) => {
    expect(violations).toContainEqual(expect.objectContaining({ rule, from }));
  });

  it('has a planted violation for every rule, and a rule for every planted violation', () => {
    expect([...new Set(plants.map((plant) => plant.rule))].sort()).toEqual(ruleNames().sort());
  });

  it('lists every step once', () => {
    expect(new Set(modules).size).toBe(modules.length);
  });

  it('lets pass what is allowed', () => {
    expect(cruiseTree(lawfulTree())).toEqual([]);
  });

  it('is kept by the real tree', () => {
    expect(cruise(ROOT)).toEqual([]);
  });
});
