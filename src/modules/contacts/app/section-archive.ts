import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { csvLine } from '../../../common/csv';
import type { ExportedFile } from '../domain/contact-data';

type Row = Readonly<Record<string, unknown>>;

/** One table of an archive. `rows` can be read more than once, from the beginning each time. */
export interface Section {
  /** Name of its files. */
  readonly name: string;
  readonly rows: () => AsyncIterable<Row>;
}

/**
 * A zip with `<name>.json` and `<name>.csv` for each section, and then the files, made while it is read: of the rows one page is
 * in memory at a time, of the files their names. One that fails ends the stream with its error.
 */
export function zipOfSections(sections: readonly Section[], files: AsyncIterable<ExportedFile>): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  const add = (name: string, lines: () => AsyncIterable<string>): void =>
    zip.addReadStreamLazy(name, (callback) => {
      const stream = Readable.from(lines(), { objectMode: false });
      stream.on('error', (error) => output.destroy(error));
      callback(null, stream);
    });
  for (const { name, rows } of sections) {
    add(`${name}.json`, () => jsonOf(rows()));
    add(`${name}.csv`, () => csvOf(rows()));
  }
  addFiles(zip, files).catch((error: unknown) => output.destroy(error as Error));
  return output;
}

async function addFiles(zip: ZipFile, files: AsyncIterable<ExportedFile>): Promise<void> {
  for await (const file of files)
    // They are compressed as they are.
    zip.addReadStreamLazy(file.name, { compress: false }, (callback) => {
      file.open().then(
        (content) => {
          const stream = Readable.from(content, { objectMode: false });
          stream.on('error', (error) => zip.emit('error', error));
          callback(null, stream);
        },
        (error: unknown) => callback(error as Error, null as never),
      );
    });
  zip.end();
}

async function* jsonOf(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield `${before}${JSON.stringify(row)}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

async function* csvOf(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  let header: string[] | undefined;
  for await (const row of rows) {
    if (!header) {
      header = Object.keys(row);
      yield csvLine(header);
    }
    yield csvLine(header.map((column) => cell(row[column])));
  }
}

function cell(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
