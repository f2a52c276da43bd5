import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogSearch, SPEC_MARK, type Confidential, type Leak } from './log-search';

/** Where the workers of a run write down what was logged, and what must not have been. Unset: nothing is written. */
const FOLDER = 'FRONTDESK_TEST_RECORD';
const LOGS = '.log';
const VALUES = '.values';
const BUFFERED = 64 * 1024;
const PART = 16 * 1024 * 1024;
/** Shorter ones are words that tests use for something else too. */
const SHORTEST = { secret: 8, text: 13 };

let buffer = '';
let marked = false;
const noted = new Set<string>();

export function beginRecord(): void {
  process.env[FOLDER] = mkdtempSync(join(tmpdir(), 'frontdesk-test-record-'));
}

/** Writes down what a program logged. */
export function recordLog(lines: string): void {
  if (!process.env[FOLDER]) return;
  if (!marked) buffer += `${SPEC_MARK}${expect.getState().testPath ?? ''}\n`;
  marked = true;
  buffer += lines;
  if (buffer.length > BUFFERED) flushRecord();
}

/**
 * The same of a process's output. Only its JSON lines are its log: what a command prints for the person who ran it (a new
 * API key, the password of the demonstration) is meant to be read.
 */
export function recordOutput(output: string): void {
  for (const line of output.split('\n')) if (line.startsWith('{')) recordLog(`${line}\n`);
  flushRecord();
}

export function flushRecord(): void {
  if (buffer) append(LOGS, buffer);
  buffer = '';
}

/** A secret that no log line may hold from now on, or before. Returns it. */
export function secret(kind: string, value: string): string {
  return value.length < SHORTEST.secret ? value : note({ kind, value });
}

/** The same of a text that somebody wrote. */
export function confidentialText(value: string): string {
  return value.length < SHORTEST.text ? value : note({ kind: 'message text', value });
}

/** The same of a customer's phone number in E.164. */
export function confidentialPhone(value: string): string {
  return note({ kind: 'phone number', value });
}

/** The secrets among a program's settings. */
export function secretSettings(env: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(env))
    if (name === 'MASTER_KEYS')
      for (const key of value.split(',')) secret('master key', key.slice(key.indexOf(':') + 1));
    else if (/_(SECRET|PASSWORD|TOKEN|SECRET_ACCESS_KEY)$/.test(name)) secret(name, value);
}

/** Searches the logs of the whole run, removes them, and throws when they hold what they must not. */
export function checkRecord(): void {
  const folder = process.env[FOLDER];
  if (!folder) return;
  try {
    const leaks = leaksOf(folder);
    if (leaks.length === 0) return;
    const told = leaks.slice(0, 20).map(({ kind, spec, line }) => `${kind} in ${spec}: ${line}`);
    throw new Error(`${leaks.length} log lines hold what must not be logged:\n${told.join('\n')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function leaksOf(folder: string): Leak[] {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const values = files
    .filter((file) => file.endsWith(VALUES))
    .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Confidential);
  const search = new LogSearch(values);
  return files
    .filter((file) => file.endsWith(LOGS))
    .flatMap((file) => [...parts(file)].flatMap((part) => search.leaksIn(part)));
}

/** A file in parts that end with a line. */
function* parts(file: string): Generator<string> {
  const handle = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(PART);
    let rest = Buffer.alloc(0);
    for (let size = readSync(handle, chunk); size > 0; size = readSync(handle, chunk)) {
      const all = Buffer.concat([rest, chunk.subarray(0, size)]);
      const end = all.lastIndexOf(0x0a) + 1;
      yield all.toString('utf8', 0, end);
      rest = all.subarray(end);
    }
    yield rest.toString('utf8');
  } finally {
    closeSync(handle);
  }
}

function note(value: Confidential): string {
  if (!noted.has(value.value)) append(VALUES, `${JSON.stringify(value)}\n`);
  noted.add(value.value);
  return value.value;
}

function append(ending: string, text: string): void {
  const folder = process.env[FOLDER];
  if (folder) appendFileSync(join(folder, `${process.env['JEST_WORKER_ID'] ?? '0'}${ending}`), text);
}
