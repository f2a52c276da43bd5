/** What cells of files mean, as people and spreadsheets write them in English and in German. Undefined: it means nothing. */

const YES: ReadonlySet<string> = new Set(['yes', 'y', 'true', '1', 'x', 'ja', 'j', 'wahr']);
const NO: ReadonlySet<string> = new Set(['no', 'n', 'false', '0', 'nein', 'falsch']);
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
const DOTTED = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** Whether the calendar has this day: the engine takes the 31st of February for a day of March. */
export function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00Z`);
  return DAY.test(text) && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

export function booleanOf(cell: string): boolean | undefined {
  const word = cell.trim().toLowerCase();
  return YES.has(word) || (NO.has(word) ? false : undefined);
}

/** Decimals after a point or a comma. */
export function numberOf(cell: string): number | undefined {
  const text = cell.trim();
  return NUMBER.test(text) ? Number(text.replace(',', '.')) : undefined;
}

/** A day as `2026-01-05`. What can be read in two ways (01/02/2026) is none. */
export function dayOf(cell: string): string | undefined {
  const text = isoOf(cell);
  return isDay(text) ? text : undefined;
}

/** A day or a time, in UTC where it does not say. */
export function timeOf(cell: string): Date | undefined {
  const [, date = '', clock = '00:00', zone = 'Z'] = TIME.exec(isoOf(cell)) ?? [];
  const time = new Date(`${date}T${clock}${zone}`);
  return isDay(date) && !Number.isNaN(time.getTime()) ? time : undefined;
}

function isoOf(cell: string): string {
  const text = cell.trim();
  const [, day = '', month = '', year] = DOTTED.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}
