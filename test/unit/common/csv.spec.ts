import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import {
  CSV_DELIMITERS,
  CSV_ENCODINGS,
  csvLine,
  CsvRows,
  CsvUnreadable,
  detectDelimiter,
  EncodingDetector,
  looksLikeHeader,
  MAX_CELLS,
  neutralised,
  original,
  readCsv,
  type CsvDialect,
  type CsvEncoding,
  type CsvRow,
} from '../../../src/common/csv';

async function read(bytes: Buffer, dialect: CsvDialect, cuts: readonly number[] = []): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsv(cut(bytes, cuts), dialect)) rows.push(row);
  return rows;
}

/** `bytes` in chunks of these lengths, over and over. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  if (lengths.length === 0) return [bytes];
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    chunks.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
  return chunks;
}

const MARKS: Readonly<Record<CsvEncoding, readonly number[]>> = {
  'utf-8': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
  'windows-1252': [],
};

function encode(text: string, encoding: CsvEncoding, mark: boolean): Buffer {
  const head = Buffer.from(mark ? MARKS[encoding] : []);
  if (encoding === 'utf-8') return Buffer.concat([head, Buffer.from(text, 'utf8')]);
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1');
  const bytes = Buffer.from(text, 'utf16le');
  return Buffer.concat([head, encoding === 'utf-16be' ? bytes.swap16() : bytes]);
}

/** Every character that is also in Latin-1, so that any encoding can write it; or any at all. */
const narrow = fc.oneof(
  fc.constantFrom('"', ',', ';', '\t', '|', '\n', '\r', '\r\n', ' ', "'", '=', '+'),
  fc.constantFrom('a', 'B', '7', 'é', 'ß', 'Ø', '\u00a0'),
);
const wide = fc.oneof(narrow, fc.constantFrom('Ж', '中', '😀', '\u2028', '€'));
const cellOf = (unit: fc.Arbitrary<string>) => fc.string({ unit, maxLength: 8 });
const chunkLengths = fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1, maxLength: 5 });

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const isPlain = (cell: string): boolean => !/[",;\t|\r\n]/.test(cell);

/** A file, cells quoted at will where they need not be, and the rows that it holds. */
const file = (encoding: CsvEncoding) =>
  fc
    .record({
      rows: fc.array(
        fc.array(cellOf(encoding === 'windows-1252' ? narrow : wide), { minLength: 1, maxLength: 5 }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
      delimiter: fc.constantFrom(...CSV_DELIMITERS),
      lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
      closed: fc.boolean(),
      quoteAll: fc.boolean(),
    })
    .map(({ rows, delimiter, lineEnd, closed, quoteAll }) => {
      const lines = rows.map((row) =>
        row.map((cell) => (quoteAll || !isPlain(cell) ? quoted(cell) : cell)).join(delimiter),
      );
      return {
        delimiter,
        text: lines.join(lineEnd) + (closed ? lineEnd : ''),
        rows: rows.filter((row) => row.length > 1 || row[0] !== ''),
      };
    });

describe('reading', () => {
  test.each(CSV_ENCODINGS)('gives back what was written in %s, however it is cut', async (encoding) => {
    await fc.assert(
      fc.asyncProperty(file(encoding), fc.boolean(), chunkLengths, async (written, mark, cuts) => {
        const bytes = encode(written.text, encoding, mark);
        const rows = await read(bytes, { encoding, delimiter: written.delimiter }, cuts);
        expect(rows.map(({ cells }) => cells)).toEqual(written.rows);
      }),
    );
  });

  test('of any text gives the same rows however it is cut, each at its line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: wide, maxLength: 60 }), chunkLengths, async (text, cuts) => {
        const dialect = { encoding: 'utf-8', delimiter: ',' } as const;
        const outcome = async (lengths: readonly number[]) => {
          try {
            return await read(Buffer.from(text), dialect, lengths);
          } catch (error) {
            expect(error).toBeInstanceOf(CsvUnreadable);
            return (error as CsvUnreadable).reason;
          }
        };
        const whole = await outcome([]);
        expect(await outcome(cuts)).toEqual(whole);
        if (typeof whole === 'string') return;
        const lines = text.split(/\r\n|\r|\n/);
        for (const { line, cells } of whole)
          expect(lines[line - 1]?.replace(/^"/, '')).toMatch(startOf(cells));
      }),
    );
  });

  const startOf = ([first = '']: readonly string[]): RegExp => {
    const [line = ''] = first.split(/\r\n|\r|\n/);
    const [word = ''] = line.replace(/^"/, '').split('"');
    return new RegExp(`^${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
  };

  test('says where each row begins', async () => {
    const text = 'name,note\r\n"Ann ""A""","two\r\nlines"\r\nBob,5" pipe\n\nragged\n,,\n';
    const rows = await read(Buffer.from(text), { encoding: 'utf-8', delimiter: ',' });
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 4, 6, 7]);
  });

  /** What csv-parse makes of a text, all at once. */
  const reference = (text: string): string[][] | string => {
    try {
      const rows = parse(text, {
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_column_count: true,
        relax_quotes: true,
      });
      return rows.filter((cells) => cells.length > 1 || cells[0] !== '');
    } catch (error) {
      if ((error as { code?: string }).code === 'CSV_QUOTE_NOT_CLOSED') return 'quote_not_closed';
      throw error;
    }
  };

  /** Anything: blank lines, quotes where they belong and where not, rows of any width, some far longer than a piece. */
  const anyText = fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.string({ unit: wide, maxLength: 12 }) },
        {
          weight: 3,
          arbitrary: fc.constantFrom('\n', '\r\n\r\n', '\n\n\n', '"', '""', '","', '"\n"', ',,,'),
        },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((length) => 'é'.repeat(length)) },
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));

  test('agrees with the reference about any text, and looks at each character once', async () => {
    const looks = jest.spyOn(CsvRows.prototype, 'read');
    try {
      await fc.assert(
        fc.asyncProperty(anyText, async (text) => {
          looks.mockClear();
          const found = await read(Buffer.from(text), { encoding: 'utf-8', delimiter: ',' }).then(
            (rows) => rows.map(({ cells }) => cells),
            (error: unknown) => (error as CsvUnreadable).reason,
          );
          expect(found).toEqual(reference(text));
          const pieces = looks.mock.calls.map(([piece]) => piece.length);
          expect(pieces.reduce((sum, length) => sum + length, 0)).toBe(text.length);
          expect(Math.max(0, ...pieces)).toBeLessThanOrEqual(16_384);
        }),
        { numRuns: 300 },
      );
    } finally {
      looks.mockRestore();
    }
  });

  test.each([
    ['blank lines', 'phone,name\n' + '\n'.repeat(100_000)],
    ['rows of another width', 'phone,name\n' + '1\n'.repeat(50_000)],
  ])('lets others have their turn, whatever comes: %s', async (_, text) => {
    let turns = 0;
    const next = () => {
      turns++;
      pending = setImmediate(next);
    };
    let pending = setImmediate(next);
    await read(Buffer.from(text), { encoding: 'utf-8', delimiter: ',' });
    clearImmediate(pending);
    expect(turns).toBeGreaterThanOrEqual(Math.floor(text.length / 16_384));
  });

  test.each([
    ['row_too_long', '"' + ','.repeat(300_000) + '"'],
    ['row_too_long', '"' + '""'.repeat(150_000) + '"'],
    ['too_many_cells', ','.repeat(40_000_000)],
    ['too_many_cells', 'a,'.repeat(MAX_CELLS)],
  ])('ends at a row that is no row, counting all that it holds: %s', async (reason, row) => {
    const looks = jest.spyOn(CsvRows.prototype, 'read');
    const seen: CsvRow[] = [];
    const reading = (async () => {
      const text = Buffer.from(`a,b\n${row}\n1,2\n`);
      for await (const one of readCsv([text], { encoding: 'utf-8', delimiter: ',' })) seen.push(one);
    })();
    await expect(reading).rejects.toMatchObject({ reason, line: 2 });
    expect(seen).toHaveLength(1);
    expect(looks.mock.calls.length).toBeLessThanOrEqual(300_000 / 16_384 + 1);
    looks.mockRestore();
  });

  test('takes a row of as many cells as may be', async () => {
    const [row] = await read(Buffer.from(','.repeat(MAX_CELLS - 1)), { encoding: 'utf-8', delimiter: ',' });
    expect(row?.cells).toHaveLength(MAX_CELLS);
  });

  test('keeps the rows before a quote that is never closed, and says where that is', async () => {
    const seen: CsvRow[] = [];
    const text = `a,b\n1,2\n3,"4\n${'5,6\n'.repeat(1000)}`;
    const reading = (async () => {
      for await (const row of readCsv([Buffer.from(text)], { encoding: 'utf-8', delimiter: ',' }))
        seen.push(row);
    })();
    await expect(reading).rejects.toMatchObject({ reason: 'quote_not_closed', line: 3 });
    expect(seen.map(({ cells }) => cells)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  test.each([[[1]], [[3, 7]], [[65_536]]])('ends at a row without end, cut by %j', async (lengths) => {
    const seen: CsvRow[] = [];
    // Cut like this where it becomes too long: all of it in pieces of a character takes a machine many seconds.
    const cuts = [261_000, ...Array.from({ length: 2_000 }, () => lengths).flat()];
    const text = `a,b\n1,2\n${'x'.repeat(300_000)}\n3,4\n`;
    const reading = (async () => {
      for await (const row of readCsv(cut(Buffer.from(text), cuts), { encoding: 'utf-8', delimiter: ',' }))
        seen.push(row);
    })();
    await expect(reading).rejects.toMatchObject({ reason: 'row_too_long', line: 3 });
    expect(seen).toHaveLength(2);
  });

  test('does not go on taking a file whose row has no end', async () => {
    let taken = 0;
    function* endless() {
      for (;;) {
        taken++;
        yield Buffer.alloc(65_536, 'x');
      }
    }
    const first = readCsv(endless(), { encoding: 'utf-8', delimiter: ',' }).next();
    await expect(first).rejects.toMatchObject({ reason: 'row_too_long' });
    expect(taken).toBeLessThan(64);
  });

  test('passes on the failure of whatever brings the chunks', async () => {
    async function* broken() {
      yield Buffer.from('a,b\n');
      await Promise.reject(new Error('the connection broke'));
    }
    const reading = readCsv(broken(), { encoding: 'utf-8', delimiter: ',' });
    const all = async () => {
      while (!(await reading.next()).done);
    };
    await expect(all()).rejects.toThrow('the connection broke');
  });
});

describe('detection', () => {
  const detect = (bytes: Buffer, cuts: readonly number[] = []): CsvEncoding | undefined => {
    const detector = new EncodingDetector();
    for (const chunk of cut(bytes, cuts)) detector.push(chunk);
    return detector.end();
  };

  test('of the encoding does not depend on where a character is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: wide, minLength: 1, maxLength: 40 }), chunkLengths, (text, cuts) => {
        expect(
          detect(
            Buffer.from(text),
            cuts.map((length) => length + 3),
          ),
        ).toBe('utf-8');
      }),
    );
  });

  const german = 'Vorname;Straße;Ort\nJörg;Münchner Straße 5;Köln\n';
  test.each([
    ['utf-8', encode(german, 'utf-8', true)],
    ['utf-16le', encode(german, 'utf-16le', true)],
    ['utf-16be', encode(german, 'utf-16be', true)],
    ['utf-16le', encode(german, 'utf-16le', false)],
    ['utf-16be', encode(german, 'utf-16be', false)],
    ['windows-1252', encode(german, 'windows-1252', false)],
    [undefined, Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82])],
  ])('finds %s', (encoding, bytes) => {
    expect(detect(bytes)).toBe(encoding);
  });

  test('sees what stands far from the beginning', () => {
    const far = Buffer.concat([Buffer.alloc(100_000, 'a,b\n'), Buffer.from('J\xf6rg', 'latin1')]);
    expect(detect(far, [4_096])).toBe('windows-1252');
    expect(
      detect(Buffer.concat([Buffer.alloc(100_000, 'a,b\n'), Buffer.from([0])]), [4_096]),
    ).toBeUndefined();
  });

  test('reads the characters that Windows-1252 has and Latin-1 has not', async () => {
    const rows = await read(Buffer.from([0x80, 0x2c, 0x93, 0xe4, 0x94]), {
      encoding: 'windows-1252',
      delimiter: ',',
    });
    expect(rows[0]?.cells).toEqual(['€', '“ä”']);
  });

  test.each([
    [',', 'name,phone\n"Weber; Dana",+49 151\n'],
    [';', 'name;preis\nDana;3,50\nJörg;4,20\n'],
    ['\t', 'name\tnote\nDana\thello, world\n'],
    ['|', 'name|phone\nDana|1\n'],
    [',', 'name\nDana\n'],
    [';', 'name;note\nDana;"one, two,\nthree, four"\n'],
  ])('finds the delimiter %j', (delimiter, text) => {
    expect(detectDelimiter(text)).toBe(delimiter);
  });

  test('of the delimiter looks at each character once, though a quote be open', () => {
    // What each line costs is what is taken from it: nothing where it was one text with all before.
    const split = jest.spyOn(String.prototype, 'split');
    const slice = jest.spyOn(String.prototype, 'slice');
    try {
      expect(detectDelimiter(`phone;name\n"${'x\n'.repeat(131_072)}`)).toBe(';');
      const made = slice.mock.results.map(({ value }) => (value as string).length);
      expect(split).not.toHaveBeenCalled();
      expect(made.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(3 * 65_536);
    } finally {
      split.mockRestore();
      slice.mockRestore();
    }
  });

  test('of a header is done with a cell of many digits', () => {
    expect(looksLikeHeader(['1'.repeat(200_000) + 'x'])).toBe(false);
  });

  test.each([
    [true, ['Name', 'Phone', 'E-Mail']],
    [true, ['Vorname', '', 'Telefon']],
    [false, ['Dana Weber', '+49 151 12345678']],
    [false, ['Dana Weber', 'dana@example.com']],
    [false, ['2026-01-05', 'Dana']],
    [false, ['Dana', 'Dana']],
    [false, ['', '']],
  ])('says %s of the header %j', (expected, cells) => {
    expect(looksLikeHeader(cells)).toBe(expected);
  });
});

describe('writing', () => {
  const cell = fc.oneof(
    cellOf(wide),
    cellOf(wide).map((text) => `=${text}`),
    cellOf(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '1')),
    fc.constantFrom('+4915112345678', "'+4915112345678", '-1', '@SUM(A1)', '＝1'),
  );

  test('never begins a cell with what a spreadsheet runs, and takes nothing from it', () => {
    fc.assert(
      fc.property(cell, (text) => {
        const safe = neutralised(text);
        expect(/^[=+\-@\t\r\n＝＋－＠]/.test(safe) && !/^\+\d{1,15}$/.test(safe)).toBe(false);
        expect(original(safe)).toBe(text);
      }),
    );
  });

  test('can be read again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
        async (rows) => {
          const text = rows.map((row) => csvLine(row)).join('');
          const read_ = await read(Buffer.from(text), { encoding: 'utf-8', delimiter: ',' });
          expect(read_.map(({ cells }) => cells.map(original))).toEqual(rows);
        },
      ),
    );
  });
});
