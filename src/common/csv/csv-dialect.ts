/** What may stand between two cells. */
export const CSV_DELIMITERS = [',', ';', '\t', '|'] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

/** So many lines decide, of so many characters. */
const LINES = 20;
const LENGTH = 65_536;

/** Cells of one line by one delimiter, quotes respected. Good enough to compare delimiters with. */
function countIn(line: string, delimiter: CsvDelimiter): number {
  let count = 0;
  let quoted = false;
  for (const character of line)
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) count++;
  return count;
}

/** The lines at the beginning, but not those inside quotes. Looks at each character once. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length && lines.length < LINES; at++) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if ((character === '\n' || character === '\r') && !quoted) {
      const line = text.slice(from, at);
      if (line.trim()) lines.push(line);
      from = at + 1;
    }
  }
  // Without an end the last line may be cut; alone it is all there is.
  const rest = text.slice(from);
  return lines.length === 0 && rest.trim() ? [rest] : lines;
}

/**
 * The delimiter of a file that begins like this: the one that cuts most lines into as many cells as the first, the more
 * cells the better. A comma when nothing tells, as in a file of one column.
 */
export function detectDelimiter(beginning: string): CsvDelimiter {
  const lines = linesOf(beginning.slice(0, LENGTH));
  const rate = (delimiter: CsvDelimiter): number => {
    const [first = 0, ...rest] = lines.map((line) => countIn(line, delimiter));
    if (first === 0) return 0;
    const same = rest.filter((count) => count === first).length;
    return (1 + same) / (1 + rest.length) + Math.min(first, 50) / 100;
  };
  return CSV_DELIMITERS.reduce((best, other) => (rate(other) > rate(best) ? other : best));
}

/** A cell that is data and never a heading: a number, a phone, a date, an email address. */
const DATA = /^[+(]?[\s().,/:+-]*\d[\d\s().,/:+-]*$|@/;
/** Nor is one that is longer. */
const LONGEST_HEADING = 60;

/** Whether the first row names the columns: all different, none empty that has data below, none that is data. */
export function looksLikeHeader(first: readonly string[]): boolean {
  const names = first.map((cell) => cell.trim().toLowerCase()).filter((name) => name !== '');
  return (
    names.length > 0 &&
    new Set(names).size === names.length &&
    !names.some((name) => name.length > LONGEST_HEADING || DATA.test(name))
  );
}
