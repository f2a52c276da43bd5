import type { Uuid } from '../../context';
import type { Ask } from '../finding';
import type { Fillable, RequiredColumn } from './target';

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Another id of the same organization, which comes after its own. */
const laterId = (id: Uuid): string => `f${id.slice(1)}`;

/**
 * What cannot be guessed from the conditions of single columns, by table and column, as an SQL expression. A new table that no
 * row can be made in is found by the check itself, and gets a line here.
 */
const SAMPLES: Readonly<Record<string, Readonly<Record<string, (id: Uuid) => string>>>> = {
  channel_connections: {
    address: (id) => literal(telephoneOf(id)),
    credentials: () => literal('probe'),
    credentials_key_id: (id) => literal(id),
  },
  contact_duplicates: { other_id: (id) => literal(laterId(id)) },
  bulk_send_recipients: { skipped_because: () => literal('no_address') },
  contact_tombstones: { erased_at: () => 'clock_timestamp()' },
  media_files: { expires_at: () => 'clock_timestamp()' },
  message_templates: { body: () => literal('probe') },
  parked_deliveries: { address: () => literal('probe') },
  voice_settings: { language: () => literal('en') },
};

/** Tables whose rows point at two different rows of another. */
export const POINTS_AT_TWO: Readonly<Record<string, string>> = { contact_duplicates: 'contacts' };

/** The second row of those. */
export function laterRow(row: Row, id: Uuid): Row {
  return new Map([...row, ['id', literal(laterId(id))]]);
}

/** A number that nobody has. */
function telephoneOf(id: Uuid): string {
  const digits = String(BigInt(`0x${tailOf(id)}`) % 10_000_000_000n).padStart(10, '0');
  return `+999${digits}`;
}

function tailOf(id: Uuid): string {
  return id.replaceAll('-', '').slice(-12);
}

/** Values that look like a key, a telephone number, an address, a country and a word, unlike those of any other probe. */
function textsOf(id: Uuid): string[] {
  const hex = tailOf(id);
  return [
    hex,
    telephoneOf(id),
    `isolation-${hex}@example.invalid`,
    'XX',
    'probe',
    'isolation check',
    hex.repeat(6).slice(0, 64),
  ];
}

const OTHER_TYPES: Readonly<Record<string, string>> = {
  boolean: 'false',
  bytea: `'\\x00'`,
  inet: `'127.0.0.1'`,
  json: `'{}'`,
  jsonb: `'{}'`,
};

function guesses({ type, words }: RequiredColumn, id: Uuid): string[] {
  if (words.length > 0) return words.map(literal);
  if (type === 'uuid') return [literal(id)];
  if (type.endsWith('[]')) return [`'{}'`];
  if (/^(text|character|citext)/.test(type)) return textsOf(id).map(literal);
  if (/^(smallint|integer|bigint|numeric|real|double)/.test(type)) return ['1', '100'];
  if (/^(date|time)/.test(type)) return ['clock_timestamp()'];
  return [OTHER_TYPES[type] ?? 'NULL'];
}

/** The first guess that meets the table's conditions on this column; the first of all where none does. */
async function fitting(ask: Ask, column: RequiredColumn, id: Uuid): Promise<string> {
  const all = guesses(column, id);
  const [first = 'NULL'] = all;
  if (all.length === 1 || column.conditions.length === 0) return first;
  const name = `"${column.name}"`;
  const values = all.map((guess, index) => `(${index}, ${guess}::${column.type})`).join(', ');
  const [row] = await ask<{ index: number }>(
    `SELECT index FROM (VALUES ${values}) guess (index, ${name}) WHERE ${column.conditions.join(' AND ')} ORDER BY index LIMIT 1`,
  );
  return all[row?.index ?? 0] ?? first;
}

/** Columns with their values, as SQL. */
export type Row = ReadonlyMap<string, string>;

/** A row of an organization. Whatever is an id is the organization's: rows point at each other without being told. */
export async function rowOf(ask: Ask, { name, columns }: Fillable, id: Uuid): Promise<Row> {
  const row = new Map<string, string>();
  for (const column of columns) row.set(column.name, await fitting(ask, column, id));
  for (const [column, sample] of Object.entries(SAMPLES[name] ?? {})) row.set(column, sample(id));
  return row;
}

/** The statement that adds a row; only of the given columns, where they are. */
export function insertion(table: string, row: Row, columns?: readonly string[]): string {
  const used = [...row].filter(([name]) => columns?.includes(name) ?? true);
  return `INSERT INTO ${table} (${used.map(([name]) => `"${name}"`).join(', ')}) VALUES (${used.map(([, value]) => value).join(', ')})`;
}
