/** What may stand between two cells. */
export const CSV_DELIMITERS = [',', ';', '\t', '|'] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

/** So many lines decide. */
const LINES = 20;

/** Cells of one line by one delimiter, quotes respected. Good enough to compare delimiters with. */
function countIn(line: string, delimiter: CsvDelimiter): number {
  let count = 0;
  let quoted = false;
  for (const character of line)
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) count++;
  return count;
}

/** Lines, but not those inside quotes. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(/\r\n|\r|\n/)) {
    line = line ? `${line}\n${part}` : part;
    if ((line.split('"').length - 1) % 2 === 1) continue;
    if (line.trim()) lines.push(line);
    line = '';
    if (lines.length === LINES) break;
  }
  // Without an end the last line may be cut; alone it is all there is.
  if (lines.length === 0 && line.trim()) lines.push(line);
  return lines;
}

/**
 * The delimiter of a file that begins like this: the one that cuts most lines into as many cells as the first, the more
 * cells the better. A comma when nothing tells, as in a file of one column.
 */
export function detectDelimiter(beginning: string): CsvDelimiter {
  const lines = linesOf(beginning);
  const rate = (delimiter: CsvDelimiter): number => {
    const [first = 0, ...rest] = lines.map((line) => countIn(line, delimiter));
    if (first === 0) return 0;
    const same = rest.filter((count) => count === first).length;
    return (1 + same) / (1 + rest.length) + Math.min(first, 50) / 100;
  };
  return CSV_DELIMITERS.reduce((best, other) => (rate(other) > rate(best) ? other : best));
}

/** A cell that is data and never a heading: a number, a phone, a date, an email address, or long. */
const DATA = /^[+(]?[\d\s().,/:+-]*\d[\d\s().,/:+-]*$|@|^.{61,}$/s;

/** Whether the first row names the columns: all different, none empty that has data below, none that is data. */
export function looksLikeHeader(first: readonly string[]): boolean {
  const names = first.map((cell) => cell.trim().toLowerCase()).filter((name) => name !== '');
  return names.length > 0 && new Set(names).size === names.length && !names.some((name) => DATA.test(name));
}
