import { types } from 'pg';
import { TIMES_IN_UTC } from '../../../src/common/database/time-parser';

const parse = TIMES_IN_UTC.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => unknown;
const slow = types.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => unknown;

describe('times of PostgreSQL', () => {
  it.each([
    '2026-11-20 11:37:01.356+00',
    '2026-11-20 11:37:01+00',
    '2026-02-28 23:59:59.999999+00',
    '2026-11-20 11:37:01.356789+02',
    '2026-11-20 11:37:01-03:30',
    'infinity',
    '0044-03-15 00:00:00+00 BC',
  ])('%s is read as pg reads it', (text) => {
    expect(parse(text)).toEqual(slow(text));
  });

  it('leaves every other type to pg', () => {
    expect(TIMES_IN_UTC.getTypeParser(types.builtins.INT4)).toBe(types.getTypeParser(types.builtins.INT4));
  });
});
