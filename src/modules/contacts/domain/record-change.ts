/** Columns that say nothing of the person: keys, times, the row's version, and what is derived from other columns. */
const BOOKKEEPING = new Set([
  ...['id', 'org_id', 'created_at', 'updated_at', 'version'],
  ...['name_key', 'surname_key', 'search_text'],
]);
/** What the trail holds in place of personal values. */
const HIDDEN = '[hidden]';

type Values = Readonly<Record<string, unknown>>;

/** A change of a contact, as the timeline shows it. Fields bear the names that they have in the API. */
export interface RecordChange {
  /** What changed, or was given at the beginning. */
  readonly changedFields: readonly string[];
  /** Values before and after, of what is not personal: the trail keeps no others. */
  readonly old: Values;
  readonly new: Values;
}

const camelCase = (column: string): string =>
  column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function shown(values: Values): Values {
  const told = Object.entries(values).filter(
    ([column, value]) => !BOOKKEEPING.has(column) && value !== HIDDEN,
  );
  return Object.fromEntries(told.map(([column, value]) => [camelCase(column), value]));
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

/** What an entry of the audit trail says of a contact's row, `before` or `after` being null where there was none. */
export function recordChange(before: Values | null, after: Values | null): RecordChange {
  const columns = Object.keys({ ...before, ...after }).filter((column) => !BOOKKEEPING.has(column));
  const changed = columns.filter((column) => isGiven(before?.[column]) || isGiven(after?.[column]));
  return { changedFields: changed.map(camelCase).sort(), old: shown(before ?? {}), new: shown(after ?? {}) };
}
