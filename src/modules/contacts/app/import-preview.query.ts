import { Injectable } from '@nestjs/common';
import {
  CsvUnreadable,
  decoded,
  detectDelimiter,
  looksLikeHeader,
  MAX_ROW_LENGTH,
  original,
  readCsv,
  type CsvDelimiter,
  type CsvDialect,
  type CsvEncoding,
} from '../../../common/csv';
import type { Uuid } from '../../../common/context';
import { ContactFieldsRepository } from '../db/contact-fields.repository';
import { ContactImportsRepository } from '../db/contact-imports.repository';
import { ImportFilesRepository } from '../db/import-files.repository';
import {
  ImportFileEmpty,
  ImportFileGone,
  ImportFileUnreadable,
  ImportNotFound,
} from '../domain/import-errors';
import { suggestMapping, type MappedColumn } from '../domain/import-fields';

const ROWS = 5;
/** Characters of a cell that are shown. */
const CELL = 100;
/** So many bytes of the file are looked at: a first row that is too long shows itself. */
const HEAD = MAX_ROW_LENGTH + 2;

/** How a file begins. */
export interface ImportPreview {
  readonly encoding: CsvEncoding;
  readonly delimiter: CsvDelimiter;
  readonly hasHeader: boolean;
  /** What the columns are called, or `Column 1` and so on. */
  readonly columns: string[];
  readonly rows: string[][];
  readonly suggestedMapping: MappedColumn[];
}

/** How somebody wants a file to be read, where they know better. */
export interface ReadingWish {
  readonly encoding?: CsvEncoding | undefined;
  readonly delimiter?: CsvDelimiter | undefined;
  readonly hasHeader?: boolean | undefined;
}

/** Shows how a file begins and what its columns probably are. */
@Injectable()
export class PreviewImport {
  constructor(
    private readonly imports: ContactImportsRepository,
    private readonly files: ImportFilesRepository,
    private readonly fields: ContactFieldsRepository,
  ) {}

  /** Throws {@link ImportNotFound}, {@link ImportFileGone}, and what {@link PreviewImport.ofHead} throws. */
  async of(id: Uuid, wish: ReadingWish = {}): Promise<ImportPreview> {
    const found = await this.imports.find(id);
    if (!found?.encoding) throw new ImportNotFound();
    const head = await this.files.chunk(id, 0);
    if (!head) throw new ImportFileGone();
    return this.ofHead(head, {
      encoding: wish.encoding ?? found.encoding,
      delimiter: wish.delimiter ?? (wish.encoding ? undefined : (found.delimiter ?? undefined)),
      hasHeader:
        wish.hasHeader ?? (wish.encoding || wish.delimiter ? undefined : (found.hasHeader ?? undefined)),
    });
  }

  /** Of a file that begins with `bytes`. Throws {@link ImportFileEmpty} and {@link ImportFileUnreadable} where no row is. */
  async ofHead(bytes: Buffer, wish: ReadingWish & { encoding: CsvEncoding }): Promise<ImportPreview> {
    const { encoding } = wish;
    const head = bytes.subarray(0, HEAD);
    const delimiter = wish.delimiter ?? detectDelimiter(await textOf(head, encoding));
    const rows = await firstRows(head, { encoding, delimiter });
    const [first] = rows;
    if (!first) throw new ImportFileEmpty();
    const hasHeader = wish.hasHeader ?? looksLikeHeader(first);
    const columns = first.map((cell, index) => (hasHeader && cell.trim()) || `Column ${index + 1}`);
    return {
      encoding,
      delimiter,
      hasHeader,
      columns: columns.map(shortened),
      rows: rows.slice(hasHeader ? 1 : 0, ROWS + 1).map((row) => row.map(shortened)),
      suggestedMapping: hasHeader ? suggestMapping(first, await this.fields.all()) : [],
    };
  }
}

const shortened = (cell: string): string =>
  Array.from(cell.slice(0, 2 * CELL))
    .slice(0, CELL)
    .join('');

async function textOf(bytes: Buffer, encoding: CsvEncoding): Promise<string> {
  let text = '';
  for await (const part of decoded([bytes], encoding)) text += part;
  return text;
}

async function firstRows(head: Buffer, dialect: CsvDialect): Promise<string[][]> {
  const rows: string[][] = [];
  try {
    for await (const { cells } of readCsv([head], dialect)) {
      rows.push(cells.map(original));
      if (rows.length > ROWS) break;
    }
  } catch (error) {
    if (!(error instanceof CsvUnreadable)) throw error;
    if (rows.length === 0) throw new ImportFileUnreadable(error.reason, error.line);
    // What is wrong with a row further below is told by the run, with its line.
  }
  return rows;
}
