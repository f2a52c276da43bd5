import { isDeepStrictEqual } from 'node:util';

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What is printed, and what was not as it should be. */
export class Transcript {
  private steps = 0;
  private title = '';
  private readonly differences: string[] = [];

  constructor(private readonly print: (line: string) => void) {}

  /** Begins a step. */
  step(title: string): void {
    this.title = title;
    this.print(`\n${++this.steps}. ${title}`);
  }

  /** Someone says something. */
  says(who: string, text: string): void {
    this.print(`   ${who}: “${text}”`);
  }

  /** What happened. */
  tell(text: string): void {
    this.print(`   ${text}`);
  }

  /** What the step left in the database. */
  left(table: string, values: Readonly<Record<string, unknown>>): void {
    const columns = Object.entries(values).map(([name, value]) => `${name}=${show(value)}`);
    this.print(`   ${table.padEnd(14)} ${columns.join('  ')}`);
  }

  /** Notes a difference unless `actual` is what it should be. */
  expect(what: string, actual: unknown, expected: unknown): void {
    if (isDeepStrictEqual(actual, expected)) return;
    const difference = `${what}: ${show(actual)} instead of ${show(expected)}`;
    this.differences.push(`step ${this.steps} (${this.title}): ${difference}`);
    this.print(`   DIFFERS        ${difference}`);
  }

  /** The last lines. True when every step went as it should. */
  end(): boolean {
    const count = this.differences.length;
    this.print(count === 0 ? `\nAll ${this.steps} steps went as they should.` : `\n${count} differences:`);
    for (const difference of this.differences) this.print(`  ${difference}`);
    return count === 0;
  }
}
