import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Tree, ROOT, plantTree } from './cruise';

interface Finding {
  file: string;
  rule: string;
}

const connection = (name: string): string =>
  `import { ${name} } from '@nestjs/typeorm';\nexport const used = ${name};\n`;

/** Files that break one ban each, by the rule that must name them. */
const planted: { rule: string; file: string; content: string }[] = [
  ...['InjectRepository', 'InjectDataSource', 'InjectEntityManager'].map((name) => ({
    rule: 'no-restricted-imports',
    file: `src/modules/contacts/db/${name}.ts`,
    content: connection(name),
  })),
  { rule: 'no-console', file: 'src/common/prints.ts', content: "console.log('x');\n" },
  {
    rule: '@typescript-eslint/no-floating-promises',
    file: 'tools/forgets.ts',
    content: 'Promise.resolve(1);\n',
  },
  {
    rule: '@typescript-eslint/no-explicit-any',
    file: 'test/untyped.ts',
    content: 'export const value: any = 1;\n',
  },
  {
    rule: '@typescript-eslint/ban-ts-comment',
    file: 'tools/silenced.ts',
    content: ['// @ts', 'ignore\nexport const value: string = 1;\n'].join('-'),
  },
];

const lawful: Tree = {
  'src/common/database/entities.ts': connection('InjectDataSource'),
  'src/modules/contacts/contacts.module.ts':
    "import { Module } from '@nestjs/common';\n\n@Module({})\nexport class ContactsModule {}\n",
  'src/modules/contacts/app/uses-class.ts': [
    "import { Injectable } from '@nestjs/common';",
    "import { Clock } from './clock';",
    '@Injectable()',
    'export class UsesClass {',
    '  constructor(private readonly clock: Clock) {}',
    '  now(): number {',
    '    return this.clock.now();',
    '  }',
    '}\n',
  ].join('\n'),
  'src/modules/contacts/app/clock.ts': 'export class Clock {\n  now(): number {\n    return 1;\n  }\n}\n',
  'tools/prints.ts': "console.log('x');\n",
  'bench/prints.ts': "console.log('x');\n",
};

function lint(tree: Tree): Finding[] {
  const folder = plantTree(tree);
  try {
    for (const path of ['eslint.config.js', 'tsconfig.json']) cpSync(join(ROOT, path), join(folder, path));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    return runEslint(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runEslint(folder: string): Finding[] {
  // Findings end eslint with 1, which is what is wanted here; its report stands on stdout either way.
  const script = 'node_modules/eslint/bin/eslint.js --format json . || test $? -eq 1';
  const json = execFileSync('sh', ['-c', `'${process.execPath}' ${script}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  const results = JSON.parse(json) as {
    filePath: string;
    messages: { ruleId: string | null; message: string }[];
  }[];
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => ({ file: filePath, rule: ruleId ?? message })),
  );
}

describe('the lint bans', () => {
  let findings: Finding[];
  beforeAll(() => {
    findings = lint(Object.fromEntries(planted.map(({ file, content }) => [file, content])));
  });

  it.each(planted)('$rule fires on $file', ({ rule, file }) => {
    expect(findings).toContainEqual({ rule, file: expect.stringContaining(file) });
  });

  it('let pass what is allowed', () => {
    expect(lint(lawful)).toEqual([]);
  });
});
