import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** One broken rule: the rule's name, the importing file and what it imported, as paths from the tree's root. */
export interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** A file tree as text: path from the root → content. */
export type Tree = Record<string, string>;

/** Writes the tree into a new folder outside the repository and returns its path; the caller removes it. */
export function plantTree(tree: Tree): string {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-arch-'));
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Copies the rules and what they read into a planted tree, so that they are judged as they stand in the repository. */
export function copyRules(folder: string): void {
  for (const path of ['.dependency-cruiser.js', 'tools/stairs.json', 'tsconfig.json']) {
    cpSync(join(ROOT, path), join(folder, path));
  }
}

/** Runs dependency-cruiser over `src` of a folder with that folder's own rules. */
export function cruise(folder: string): Violation[] {
  const cli = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cli, '--config', '.dependency-cruiser.js', '--output-type', 'json', 'src'];
  const json = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const result = JSON.parse(json) as {
    summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
  };
  if (result.summary.totalCruised === 0) throw new Error(`dependency-cruiser saw no file in ${folder}/src`);
  return result.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}
