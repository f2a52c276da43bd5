/** A value that no log line may hold, and what it is. */
export interface Confidential {
  readonly kind: string;
  readonly value: string;
}

/** A value that stands in a log line. It does not tell the value. */
export interface Leak {
  readonly kind: string;
  /** The test file whose program logged it, where known. */
  readonly spec: string;
  /** The line, shortened and without the value. */
  readonly line: string;
}

/** Stands before the lines of a test file. */
export const SPEC_MARK = '# ';

const PIECE = /[\w\u00c0-\uffff-]{4,}/g;
const PHONE = /\d{10,15}/g;
const SHOWN = 200;
const CROWD = 50;

/**
 * Searches log lines for confidential values, in one pass however many values there are: lines are cut into words, and a
 * value is only looked for where its longest word stands. A phone number is found by its digits.
 *
 * What cannot be fast is left out: values glued to further word characters or encoded anew (base64, percent), values without
 * a word of four characters, and those beyond the first fifty that share their longest word (a bulk send's texts that differ
 * in a number).
 */
export class LogSearch {
  private readonly phones = new Map<string, Confidential>();
  private readonly byWord = new Map<string, Confidential[]>();
  private readonly seen = new Set<string>();
  private spec = '';

  constructor(values: Iterable<Confidential>) {
    for (const value of values) this.add(value);
  }

  /** Takes whole lines; may be called part by part. */
  leaksIn(lines: string): Leak[] {
    const leaks = new Map<string, Leak>();
    const found = (at: number, { kind, value }: Confidential): void => {
      const start = lines.lastIndexOf('\n', at) + 1;
      const line = lineFrom(lines, start);
      const key = `${String(start)} ${kind}`;
      const shown = line.replaceAll(value, `<${kind}>`).slice(0, SHOWN);
      leaks.set(key, { kind, spec: this.specAt(lines, start), line: shown });
    };
    for (const { 0: word, index } of lines.matchAll(PIECE))
      for (const candidate of this.byWord.get(word) ?? [])
        if (lineFrom(lines, lines.lastIndexOf('\n', index) + 1).includes(candidate.value))
          found(index, candidate);
    for (const { 0: digits, index } of lines.matchAll(PHONE)) {
      const phone = this.phones.get(digits);
      if (phone) found(index, phone);
    }
    this.spec = this.specAt(lines, lines.length);
    return [...leaks.values()];
  }

  private add({ kind, value }: Confidential): void {
    if (this.seen.has(value)) return;
    this.seen.add(value);
    if (/^\+\d{10,15}$/.test(value)) {
      this.phones.set(value.slice(1), { kind, value: value.slice(1) });
      return;
    }
    // As it stands in a JSON line.
    const written = JSON.stringify(value).slice(1, -1);
    const [word] = (written.match(PIECE) ?? []).sort((a, b) => b.length - a.length);
    if (!word) return;
    const crowd = this.byWord.get(word) ?? [];
    if (crowd.length < CROWD) crowd.push({ kind, value: written });
    this.byWord.set(word, crowd);
  }

  private specAt(lines: string, index: number): string {
    const mark = lines.lastIndexOf(`\n${SPEC_MARK}`, index);
    if (mark >= 0) return lineFrom(lines, mark + 1).slice(SPEC_MARK.length);
    return lines.startsWith(SPEC_MARK) ? lineFrom(lines, 0).slice(SPEC_MARK.length) : this.spec;
  }
}

function lineFrom(lines: string, start: number): string {
  const end = lines.indexOf('\n', start);
  return lines.slice(start, end < 0 ? undefined : end);
}
