export { CSV_DELIMITERS, detectDelimiter, looksLikeHeader, type CsvDelimiter } from './csv-dialect';
export { CSV_ENCODINGS, decoded, EncodingDetector, type CsvEncoding } from './csv-encoding';
export { CsvUnreadable, MAX_ROW_BYTES, readCsv, type CsvDialect, type CsvRow } from './csv-reader';
export { csvLine, neutralised, original } from './csv-writer';
