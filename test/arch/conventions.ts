import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the repository: its path from the root with `/`, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** A convention looks at all files and answers with one line per breach, beginning with the file's path. */
export type Convention = (files: SourceFile[]) => string[];

/** Reads every file below the given folders of `root`; a folder that does not exist yet holds none. */
export function readFiles(root: string, folders: string[]): SourceFile[] {
  const present = folders.filter((folder) => existsSync(join(root, folder)));
  return present.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}

const MAX_LINES = 300;
const MAX_USE_CASE_LINES = 80;
const ROOMS = ['api', 'app', 'domain', 'db'];
/** Rooms of one module alone. channels speaks to companies outside, each by an adapter of its own. */
const ROOMS_OF: Readonly<Record<string, string[]>> = { channels: ['providers'] };

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
const isCode = (path: string): boolean => /\.(ts|js|mjs|cjs)$/.test(path);
const isUseCase = (path: string): boolean => /^src\/.*\/app\/.*\.use-case\.ts$/.test(path);

/** Text without comments, so that prose about SQL or classes is not taken for them. `://` begins no comment. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<!:)\/\/.*$/gm, '');
}

function moduleNames(files: SourceFile[]): string[] {
  const names = files.map(({ path }) => /^src\/modules\/([^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Every module tells what it is, has one door, and one Nest module of its own name. */
export const modulesAreComplete: Convention = (files) => {
  const paths = new Set(files.map(({ path }) => path));
  return moduleNames(files).flatMap((name) =>
    ['README.md', 'index.ts', `${name}.module.ts`]
      .map((file) => `src/modules/${name}/${file}`)
      .filter((path) => !paths.has(path))
      .map((path) => `${path}: is missing`),
  );
};

/** Every module has its step in tools/stairs.json, whether or not it imports anything. */
export const modulesAreOnTheStairs =
  (steps: string[]): Convention =>
  (files) =>
    moduleNames(files)
      .filter((name) => !steps.includes(name))
      .map((name) => `src/modules/${name}: has no step in tools/stairs.json`);

/** Inside a module a file lives in a room, or is the door, the Nest module or the README. */
export const filesLiveInRooms: Convention = (files) =>
  files
    .map(({ path }) => path)
    .filter((path) => {
      const [, name, rest] = /^src\/modules\/([^/]+)\/(.+)$/.exec(path) ?? [];
      if (name === undefined || rest === undefined) return false;
      const room = rest.includes('/') ? rest.split('/')[0] : undefined;
      return room === undefined
        ? !['README.md', 'index.ts', `${name}.module.ts`].includes(rest)
        : ![...ROOMS, ...(ROOMS_OF[name] ?? [])].includes(room);
    })
    .map((path) => `${path}: is in none of ${ROOMS.join(', ')}`);

/** A source file of the server fits in a head. */
export const sourceFilesAreShort: Convention = (files) =>
  files
    .filter(({ path, text }) => /^src\/.*\.ts$/.test(path) && lineCount(text) > MAX_LINES)
    .map(({ path, text }) => `${path}: ${String(lineCount(text))} lines, at most ${String(MAX_LINES)}`);

/** A use case fits on a screen. */
export const useCasesAreShort: Convention = (files) =>
  files
    .filter(({ path, text }) => isUseCase(path) && lineCount(text) >= MAX_USE_CASE_LINES)
    .map(
      ({ path, text }) => `${path}: ${String(lineCount(text))} lines, under ${String(MAX_USE_CASE_LINES)}`,
    );

/** One use case, one file: exactly one class, and it is exported. */
export const useCasesAreOneClass: Convention = (files) =>
  files
    .filter(({ path }) => isUseCase(path))
    .flatMap(({ path, text }) => {
      const code = withoutComments(text);
      const classes = code.match(/^[ \t]*(export\s+)?(default\s+)?(abstract\s+)?class\s+\w+/gm) ?? [];
      const exported = classes.filter((line) => line.trim().startsWith('export'));
      return classes.length === 1 && exported.length === 1
        ? []
        : [
            `${path}: ${String(classes.length)} classes, ${String(exported.length)} exported, not exactly one`,
          ];
    });

// One letter stands in brackets, so that this file does not contain what it forbids.
const UNFINISHED = /\bTO[D]O\b|\bFIX[M]E\b|@ts-[i]gnore|\.only\(/;

/** Nothing is left half done, silenced, or run alone. */
export const nothingIsUnfinished: Convention = (files) =>
  files
    .filter(({ path }) => isCode(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, index) => ({ number: index + 1, found: UNFINISHED.exec(line)?.[0] }))
        .filter(({ found }) => found !== undefined)
        .map(({ number, found }) => `${path}:${String(number)}: ${String(found)}`),
    );

const STATEMENT =
  /\b(SELECT\b[\s\S]{1,2000}?\bFROM|INSERT\s+INTO\b|UPDATE\s+[\w."]+\s+SET|DELETE\s+FROM\b|WITH\s+\w+\s+AS\s*\()/;
const QUERY_CALL = /\.(query|one|platform)\s*(<[^()]*>)?\(\s*['"`]/;

function holdsSql(text: string): boolean {
  const code = withoutComments(text);
  return STATEMENT.test(code) || QUERY_CALL.test(code);
}

/** SQL has three homes: db/ rooms, common, migrations. */
export const sqlStaysAtHome: Convention = (files) =>
  files
    .filter(({ path }) => /^src\/.*\.ts$/.test(path))
    .filter(({ path }) => !/^src\/(common|migrations)\/|^src\/modules\/[^/]+\/db\//.test(path))
    .filter(({ text }) => holdsSql(text))
    .map(({ path }) => `${path}: contains SQL`);

/** Controllers contain no SQL, wherever they stand (those of common too). */
export const controllersHoldNoSql: Convention = (files) =>
  files
    .filter(({ path, text }) => /^src\/.*\.controller\.ts$/.test(path) && holdsSql(text))
    .map(({ path }) => `${path}: a controller contains SQL`);

/** File and folder names are kebab-case, with dots between stem and kind. */
export const namesAreKebabCase: Convention = (files) =>
  files
    .map(({ path }) => path)
    .filter((path) => isCode(path) && !/^([a-z0-9]+([.-][a-z0-9]+)*\/)*[a-z0-9]+([.-][a-z0-9]+)*$/.test(path))
    .map((path) => `${path}: is not kebab-case`);

/** Shapes of the API have names of their own: the description knows one of a name, and two would silently become one. */
export const shapesHaveNamesOfTheirOwn: Convention = (files) => {
  const named = files.flatMap(({ path, text }) =>
    path.startsWith('src/') && path.endsWith('.dto.ts')
      ? [...text.matchAll(/^export class (\w+)/gm)].map(([, name = '']) => ({ path, name }))
      : [],
  );
  return named
    .filter(({ name }, i) => named.findIndex((other) => other.name === name) < i)
    .map(({ path, name }) => `${path}: another shape is called ${name}`);
};
