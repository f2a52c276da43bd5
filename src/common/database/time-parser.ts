import { types } from 'pg';

type TypeId = Parameters<typeof types.getTypeParser>[0];

const anyTime = types.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => unknown;
const UTC_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00$/;

/** A time as PostgreSQL writes it, to a Date. */
function parseTime(text: string): unknown {
  return UTC_TIME.test(text) ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : anyTime(text);
}

/**
 * pg's own parsers but for times. Our roles speak UTC, and what is written so the engine reads by itself; pg's parser knows
 * every zone and calendar, and takes several times as long, a hundred times for a page of messages.
 */
export const TIMES_IN_UTC = {
  getTypeParser(oid: TypeId, format?: 'text'): unknown {
    return oid === types.builtins.TIMESTAMPTZ ? parseTime : types.getTypeParser(oid, format);
  },
};
