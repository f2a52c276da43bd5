export { CSV_DELIMITERS, detectDelimiter, looksLikeHeader, type CsvDelimiter } from './csv-dialect';
export { CSV_ENCODINGS, decoded, EncodingDetector, type CsvEncoding } from './csv-encoding';
export { readCsv, type CsvDialect } from './csv-reader';
export { CsvRows, CsvUnreadable, MAX_CELLS, MAX_ROW_LENGTH, type CsvRow } from './csv-rows';
export { csvLine, neutralised, original } from './csv-writer';
