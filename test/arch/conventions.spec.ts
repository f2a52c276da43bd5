import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Convention,
  type SourceFile,
  controllersHoldNoSql,
  filesLiveInRooms,
  modulesAreComplete,
  modulesAreOnTheStairs,
  namesAreKebabCase,
  nothingIsUnfinished,
  readFiles,
  shapesHaveNamesOfTheirOwn,
  sourceFilesAreShort,
  sqlStaysAtHome,
  useCasesAreOneClass,
  useCasesAreShort,
} from './conventions';
import { ROOT, plantTree } from './cruise';

const steps = JSON.parse(readFileSync(join(ROOT, 'tools/stairs.json'), 'utf8')) as string[];
const file = (path: string, text = ''): SourceFile => ({ path, text });
const lines = (count: number): string => 'x\n'.repeat(count);
const useCase = (text: string): SourceFile => file('src/modules/audit/app/do-it.use-case.ts', text);
const one = 'export class DoIt {}\n';

interface Case {
  name: string;
  convention: Convention;
  /** Each of these must be named by the convention, by the path (and what follows) that its line begins with. */
  broken: { files: SourceFile[]; breach: string }[];
  lawful: SourceFile[];
}

const cases: Case[] = [
  {
    name: 'every module has a README, a door and a Nest module of its name',
    convention: modulesAreComplete,
    broken: ['README.md', 'index.ts', 'audit.module.ts'].map((missing) => ({
      files: ['README.md', 'index.ts', 'audit.module.ts', 'app/x.ts']
        .filter((path) => path !== missing)
        .map((path) => file(`src/modules/audit/${path}`)),
      breach: `src/modules/audit/${missing}`,
    })),
    lawful: ['README.md', 'index.ts', 'audit.module.ts'].map((path) => file(`src/modules/audit/${path}`)),
  },
  {
    name: 'every module stands on the stairs',
    convention: modulesAreOnTheStairs(steps),
    broken: [{ files: [file('src/modules/billing/README.md')], breach: 'src/modules/billing' }],
    lawful: steps.map((step) => file(`src/modules/${step}/README.md`)),
  },
  {
    name: 'every file of a module lives in a room',
    convention: filesLiveInRooms,
    broken: [
      'src/modules/audit/helpers/x.ts',
      'src/modules/audit/types.ts',
      'src/modules/audit/providers/x.ts',
    ].map((path) => ({
      files: [file(path)],
      breach: path,
    })),
    lawful: ['index.ts', 'audit.module.ts', 'README.md', 'api/x.ts', 'app/y/z.ts', 'domain/x.ts', 'db/x.ts']
      .map((path) => file(`src/modules/audit/${path}`))
      .concat(file('src/modules/channels/providers/twilio/x.ts')),
  },
  {
    name: 'no source file is over 300 lines',
    convention: sourceFilesAreShort,
    broken: [{ files: [file('src/common/long.ts', lines(301))], breach: 'src/common/long.ts: 301' }],
    lawful: [file('src/common/long.ts', lines(300)), file('test/e2e/long.spec.ts', lines(400))],
  },
  {
    name: 'every use case is under 80 lines',
    convention: useCasesAreShort,
    broken: [{ files: [useCase(lines(80))], breach: 'src/modules/audit/app/do-it.use-case.ts: 80' }],
    lawful: [useCase(lines(79)), file('src/modules/audit/app/it.query.ts', lines(100))],
  },
  {
    name: 'every use case file is exactly one exported class',
    convention: useCasesAreOneClass,
    broken: [
      '',
      'class DoIt {}\n',
      `${one}export class Other {}\n`,
      `${one}class Helper {}\n`,
      `/* ${one} */`,
    ].map((text) => ({ files: [useCase(text)], breach: 'src/modules/audit/app/do-it.use-case.ts' })),
    lawful: [
      useCase(`/** class Prose {} */\nexport interface Input { x: string }\n@Injectable()\n${one}`),
      file('src/modules/audit/domain/errors.ts', `${one}export class Other {}`),
    ],
  },
  {
    name: 'nothing is unfinished, silenced or run alone',
    convention: nothingIsUnfinished,
    broken: ['TO' + 'DO', 'FIX' + 'ME', '@ts-' + 'ignore', 'it.on' + 'ly('].map((word) => ({
      files: [file('test/e2e/x.spec.ts', `const fine = 1;\n// ${word} later\n`)],
      breach: 'test/e2e/x.spec.ts:2',
    })),
    lawful: [file('src/common/x.ts', 'numTodoTests; list.only; // to do')],
  },
  {
    name: 'SQL stays in db/, common and migrations',
    convention: sqlStaysAtHome,
    broken: [
      'tx.query(`SELECT id\n FROM contacts`)',
      "const sql = 'INSERT INTO contacts (id) VALUES ($1)';",
      "const sql = 'UPDATE contacts SET name = $1';",
      "const sql = 'DELETE FROM contacts';",
      "tx.one<{ id: string }>('select 1')",
      'const sql = `WITH claimed AS (x) y`;',
    ].map((text) => ({
      files: [file('src/modules/contacts/app/x.ts', text)],
      breach: 'src/modules/contacts/app/x.ts',
    })),
    lawful: [
      file('src/modules/contacts/db/x.ts', 'tx.query(`SELECT id FROM contacts`)'),
      file('src/common/jobs/x.ts', "const sql = 'DELETE FROM jobs';"),
      file('src/migrations/1-x.ts', "await runner.query('UPDATE contacts SET name = 1');"),
      file(
        'src/modules/contacts/app/x.ts',
        '// SELECT a row FROM contacts\nthis.contacts.page(select, from)',
      ),
      file('src/modules/contacts/app/y.ts', 'this.audit.query(filter)'),
    ],
  },
  {
    name: 'controllers contain no SQL',
    convention: controllersHoldNoSql,
    broken: [
      {
        files: [file('src/common/operations/health.controller.ts', 'db.platform(`SELECT 1`)')],
        breach: 'src/common/operations/health.controller.ts',
      },
    ],
    lawful: [file('src/common/operations/health.controller.ts', 'return this.health.report();')],
  },
  {
    name: 'shapes of the API have names of their own',
    convention: shapesHaveNamesOfTheirOwn,
    broken: [
      {
        files: [
          file('src/a.dto.ts', 'export class OneDto {}\n'),
          file('src/b.dto.ts', 'export class OneDto {}\n'),
        ],
        breach: 'src/b.dto.ts',
      },
    ],
    lawful: [
      file('src/a.dto.ts', 'export class OneDto {}\nexport class OtherDto {}\n'),
      file('src/b.ts', 'export class OneDto {}\n'),
    ],
  },
  {
    name: 'files are kebab-case',
    convention: namesAreKebabCase,
    broken: ['src/common/camelCase.ts', 'src/common/snake_case.ts', 'tools/Big/x.mjs'].map((path) => ({
      files: [file(path)],
      breach: path,
    })),
    lawful: [
      file('src/common/database/run-in-org.ts'),
      file('src/migrations/0001-first.ts'),
      file('src/a.spec.ts'),
    ],
  },
];

describe.each(cases)('$name', ({ convention, broken, lawful }) => {
  it.each(broken)('a planted breach is named: $breach', ({ files, breach }) => {
    expect(convention(files)).toEqual([
      expect.stringMatching(new RegExp(`^${breach.replaceAll('.', '\\.')}`)),
    ]);
  });

  it('what is allowed passes', () => {
    expect(convention(lawful)).toEqual([]);
  });

  it('the real tree keeps it', () => {
    expect(convention(readFiles(ROOT, ['src', 'test', 'tools', 'bench']))).toEqual([]);
  });
});

describe('reading the tree', () => {
  it('reads the repository itself', () => {
    const paths = readFiles(ROOT, ['src', 'test', 'tools', 'bench']).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['test/arch/conventions.spec.ts', 'tools/stairs.json']));
  });

  it('finds files at every depth with their text', () => {
    const folder = plantTree({ 'src/a.ts': 'a', 'src/b/c/d.ts': 'd', 'docs/e.md': 'e' });
    try {
      const found = readFiles(folder, ['src']).sort((left, right) => left.path.localeCompare(right.path));
      expect(found).toEqual([file('src/a.ts', 'a'), file('src/b/c/d.ts', 'd')]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
