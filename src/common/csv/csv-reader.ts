import { setImmediate as turn } from 'node:timers/promises';
import type { CsvDelimiter } from './csv-dialect';
import { decoded, type CsvEncoding } from './csv-encoding';
import { CsvRows, type CsvRow } from './csv-rows';

/** How a file is to be read. */
export interface CsvDialect {
  readonly encoding: CsvEncoding;
  readonly delimiter: CsvDelimiter;
}

/** Bytes that are decoded, and characters that are read, at once: then others have their turn, whatever the file holds. */
const PIECE = 16_384;

/**
 * Reads a file row by row, as {@link CsvRows} says. Empty lines are left out. Holds a chunk and a row at a time. Throws
 * {@link CsvUnreadable}.
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { encoding, delimiter }: CsvDialect,
): AsyncGenerator<CsvRow> {
  const rows = new CsvRows(delimiter);
  let sinceTurn = 0;
  for await (const text of decoded(inPieces(chunks), encoding)) {
    for (const row of rows.read(text)) yield row;
    sinceTurn += text.length;
    if (sinceTurn < PIECE) continue;
    sinceTurn = 0;
    await turn();
  }
  for (const row of rows.end()) yield row;
}

async function* inPieces(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks)
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
}
