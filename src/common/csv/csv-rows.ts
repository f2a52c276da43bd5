/** One row of a file. */
export interface CsvRow {
  /** Where it begins, counted from 1 as an editor does. */
  readonly line: number;
  /** As they stand there, without quotes around them. Rows may be of different lengths. */
  readonly cells: readonly string[];
}

/** A row does not end, or is of no table of people. Before it everything was read. */
export class CsvUnreadable extends Error {
  constructor(
    readonly line: number,
    readonly reason: 'row_too_long' | 'too_many_cells' | 'quote_not_closed',
  ) {
    super(reason);
    this.name = 'CsvUnreadable';
  }
}

/**
 * Characters of a row, whatever they are: more than any row of people needs. What is larger is a file without line ends, or
 * with a quote that is never closed.
 */
export const MAX_ROW_LENGTH = 262_144;
/** More than any table of people has columns. */
export const MAX_CELLS = 500;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Where in a cell a character stands: at its beginning, without quotes, in quotes, after a quote that may have closed it. */
type Place = 'begin' | 'plain' | 'quoted' | 'closing';

/**
 * Makes rows of text that comes in pieces, as RFC 4180 says and spreadsheets write. A row ends with any of the three line ends;
 * `5" pipe` and `"ACME" Ltd` are text, not a reason to refuse a file. Looks at each character once, and holds one row.
 */
export class CsvRows {
  private readonly delimiter: number;
  private place: Place = 'begin';
  private cells: string[] = [];
  /** What earlier pieces hold of the cell at hand. */
  private cell = '';
  private previous = 0;
  private length = 0;
  private line = 1;
  private begins = 1;

  constructor(delimiter: string) {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** The rows that end in the next piece of text; blank ones are left out. Throws {@link CsvUnreadable} after those before. */
  *read(text: string): Generator<CsvRow> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text.charCodeAt(at);
      const isLineEnd = character === LF || character === CR;
      if (isLineEnd && !(character === LF && this.previous === CR)) this.line++;
      this.previous = character;
      if (++this.length > MAX_ROW_LENGTH) throw new CsvUnreadable(this.begins, 'row_too_long');

      if (this.place === 'quoted') {
        if (character !== QUOTE) continue;
        this.cell += text.slice(from, at);
        from = at + 1;
        this.place = 'closing';
      } else if (character === this.delimiter || isLineEnd) {
        this.endCell(text.slice(from, at));
        from = at + 1;
        // The second half of a line end ends a blank row, and blank rows are left out.
        if (isLineEnd) yield* this.endRow();
      } else if (this.place !== 'plain') {
        from = at + this.enter(character);
      }
    }
    this.cell += text.slice(from);
  }

  /** The last row, where no line end follows it. Throws {@link CsvUnreadable}. */
  *end(): Generator<CsvRow> {
    if (this.place === 'quoted') throw new CsvUnreadable(this.begins, 'quote_not_closed');
    if (this.length === 0) return;
    this.endCell('');
    yield* this.endRow();
  }

  /** At the beginning of a cell, or behind a quote in it. Says how much of `character` is no text. */
  private enter(character: number): 0 | 1 {
    const isQuote = character === QUOTE;
    if (this.place === 'begin') {
      this.place = isQuote ? 'quoted' : 'plain';
      return isQuote ? 1 : 0;
    }
    // The second of two quotes is text. Behind anything else both were text: the one that seemed to open, and this one.
    if (!isQuote) this.cell = `"${this.cell}"`;
    this.place = isQuote ? 'quoted' : 'plain';
    return 0;
  }

  private endCell(rest: string): void {
    if (this.cells.length === MAX_CELLS) throw new CsvUnreadable(this.begins, 'too_many_cells');
    this.cells.push(this.cell + rest);
    this.cell = '';
    this.place = 'begin';
  }

  private *endRow(): Generator<CsvRow> {
    const { begins, cells } = this;
    this.begins = this.line;
    this.cells = [];
    this.length = 0;
    if (cells.length > 1 || cells[0] !== '') yield { line: begins, cells };
  }
}
