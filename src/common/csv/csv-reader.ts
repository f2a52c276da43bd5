import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse, type CsvError, type Parser } from 'csv-parse';
import type { CsvDelimiter } from './csv-dialect';
import { decoded, type CsvEncoding } from './csv-encoding';

/** One row of a file. */
export interface CsvRow {
  /** Where it begins, counted from 1 as an editor does. */
  readonly line: number;
  /** As they stand there, without quotes around them. Rows may be of different lengths. */
  readonly cells: readonly string[];
}

/** A row does not end. Before it everything was read. */
export class CsvUnreadable extends Error {
  constructor(
    readonly line: number,
    readonly reason: 'row_too_long' | 'quote_not_closed',
  ) {
    super(reason);
    this.name = 'CsvUnreadable';
  }
}

/** More than any row of people needs; what is larger is a file without line ends, or with a quote that is never closed. */
export const MAX_ROW_BYTES = 262_144;

/** How a file is to be read. */
export interface CsvDialect {
  readonly encoding: CsvEncoding;
  readonly delimiter: CsvDelimiter;
}

interface Trouble {
  readonly reason: CsvUnreadable['reason'];
  /** How many rows were read before. */
  readonly rows: number;
}

/** The codes of csv-parse for what has no end. All else is let through by {@link parserFor}. */
const REASONS: Readonly<Record<string, CsvUnreadable['reason']>> = {
  CSV_MAX_RECORD_SIZE: 'row_too_long',
  CSV_QUOTE_NOT_CLOSED: 'quote_not_closed',
};

function parserFor(delimiter: string, onTrouble: (trouble: Trouble) => void): Parser {
  return parse({
    delimiter,
    // Any of the three, and any of them inside quotes is text.
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // `5" pipe` and `"ACME" Ltd` are text, not a reason to refuse a file.
    relax_quotes: true,
    max_record_size: MAX_ROW_BYTES,
    // A parser that fails forgets the rows that it has read and nobody has taken yet. One that skips keeps them.
    skip_records_with_error: true,
    on_skip: (error) => {
      const reason = REASONS[error?.code ?? ''];
      if (reason) onTrouble({ reason, rows: (error as CsvError & { records: number }).records });
    },
  });
}

/**
 * Reads a file row by row, as RFC 4180 says and spreadsheets write: quotes around cells, doubled inside; line ends inside
 * quotes are text. Empty lines are left out. Holds a chunk and some rows at a time. Throws {@link CsvUnreadable}.
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { encoding, delimiter }: CsvDialect,
): AsyncGenerator<CsvRow> {
  let trouble: Trouble | undefined;
  const parser = parserFor(delimiter, (first) => (trouble ??= first));
  /** Nobody takes rows from a parser in trouble: it gets no more, and comes to its end. */
  async function* text(): AsyncGenerator<string> {
    for await (const part of decoded(chunks, encoding)) {
      yield part;
      if (trouble) return;
    }
  }
  let failure: Error | undefined;
  const fed = pipeline(Readable.from(text(), { highWaterMark: 1 }), parser).catch(
    (error: unknown) => (failure = error as Error),
  );
  let line = 1;
  let rows = 0;
  try {
    for await (const record of parser) {
      if (rows++ === trouble?.rows) break;
      const cells = record as string[];
      const begins = line;
      line += 1;
      for (const cell of cells) line += lineEndsIn(cell);
      if (cells.length > 1 || cells[0] !== '') yield { line: begins, cells };
    }
    if (trouble) throw new CsvUnreadable(line, trouble.reason);
    await fed;
    if (failure) throw failure;
  } finally {
    parser.destroy();
    await fed;
  }
}

function lineEndsIn(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0;
  return cell.split(/\r\n|\r|\n/).length - 1;
}
