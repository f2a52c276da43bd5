import fc from 'fast-check';
import { sendableAt, type QuietHours } from '../../../src/modules/conversations/domain/quiet-hours';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NIGHT: QuietHours = { start: '21:00', end: '08:00' };
const ZONES = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT-14', 'Etc/GMT+12'])];

const formats = new Map<string, Intl.DateTimeFormat>();
/** The clock on the wall, by the runtime itself and not by what the rule computes with. */
function wall(zone: string, at: number): string {
  let format = formats.get(zone);
  if (format === undefined)
    formats.set(
      zone,
      (format = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      })),
    );
  return format.format(at);
}
const isQuiet = (zone: string, at: number, { start, end }: QuietHours) => {
  const time = wall(zone, at);
  return time >= start || time < end;
};
const ask = (now: string | number, zones: string | readonly string[], hours = NIGHT) =>
  sendableAt({
    now: new Date(now),
    zones: typeof zones === 'string' ? [zones] : zones,
    hours,
    purpose: 'marketing',
    live: false,
  });
const iso = (now: string | number, zones: string | readonly string[], hours = NIGHT) =>
  ask(now, zones, hours)?.toISOString() ?? null;

/** Times around which something is wrong if anything is: every hour of the two days around each clock change. */
function clockChanges(zone: string, from: number, to: number): number[] {
  const offset = (at: number) => {
    const time = wall(zone, at);
    const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    return (((minutes * MINUTE - (at % DAY)) % DAY) + DAY) % DAY;
  };
  const changes: number[] = [];
  for (let at = from; at < to; at += 3 * DAY) {
    if (offset(at) === offset(at + 3 * DAY)) continue;
    let [same, other] = [at, at + 3 * DAY];
    while (other - same > MINUTE) {
      const middle = same + Math.floor((other - same) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(at)) same = middle;
      else other = middle;
    }
    changes.push(other);
  }
  return changes;
}

/** What has to be true of every answer. */
function holds(now: number, zone: string, hours: QuietHours): void {
  const told = ask(now, zone, hours);
  const where = `${zone} ${new Date(now).toISOString()} ${hours.start}–${hours.end} → ${told?.toISOString()}`;
  if (told === null) {
    if (isQuiet(zone, now, hours)) throw new Error(`quiet, and may go: ${where}`);
    return;
  }
  const at = told.getTime();
  if (!isQuiet(zone, now, hours)) throw new Error(`allowed, and waits: ${where}`);
  if (at <= now || at % MINUTE !== 0) throw new Error(`no minute to come: ${where}`);
  if (isQuiet(zone, at, hours)) throw new Error(`sent in quiet hours: ${where}`);
  for (let minute = Math.ceil(now / MINUTE) * MINUTE; minute < at; minute += MINUTE)
    if (!isQuiet(zone, minute, hours)) throw new Error(`${wall(zone, minute)} was allowed already: ${where}`);
  if (at - now > 25 * HOUR) throw new Error(`later than a day: ${where}`);
}

describe('quiet hours', () => {
  test.each([
    ['by day', '2026-06-10T10:00:00Z', 'Europe/Berlin', null],
    ['in the evening', '2026-06-10T19:00:00Z', 'Europe/Berlin', '2026-06-11T06:00:00.000Z'],
    ['a second before', '2026-06-10T18:59:59Z', 'Europe/Berlin', null],
    ['after midnight', '2026-06-10T22:30:31Z', 'Europe/Berlin', '2026-06-11T06:00:00.000Z'],
    ['in the last minute', '2026-06-11T05:59:59.999Z', 'Europe/Berlin', '2026-06-11T06:00:00.000Z'],
    ['at their end', '2026-06-11T06:00:00Z', 'Europe/Berlin', null],
    ['in New York', '2026-06-11T06:00:00Z', 'America/New_York', '2026-06-11T12:00:00.000Z'],
    ['in a zone of 45 minutes', '2026-06-11T00:00:00Z', 'Asia/Kathmandu', '2026-06-11T02:15:00.000Z'],
    ['before the epoch', '1969-06-10T23:30:00Z', 'UTC', '1969-06-11T08:00:00.000Z'],
  ])('%s', (_, now, zone, at) => expect(iso(now, zone)).toBe(at));

  test.each(['transactional', 'marketing'] as const)(
    '%s within a live conversation never waits',
    (purpose) => {
      const now = new Date('2026-06-10T23:00:00Z');
      expect(sendableAt({ now, zones: ['UTC'], hours: NIGHT, purpose, live: true })).toBeNull();
    },
  );
  test('what is no marketing never waits', () => {
    const now = new Date('2026-06-10T23:00:00Z');
    expect(
      sendableAt({ now, zones: ['UTC'], hours: NIGHT, purpose: 'transactional', live: false }),
    ).toBeNull();
  });
  test('an organization may keep longer hours', () => {
    const hours = { start: '18:30', end: '10:15' };
    expect(iso('2026-06-10T18:30:00Z', 'UTC', hours)).toBe('2026-06-11T10:15:00.000Z');
    expect(iso('2026-06-10T10:15:00Z', 'UTC', hours)).toBeNull();
  });
});

describe('where several zones are possible', () => {
  const RUSSIA = ['Europe/Moscow', 'Asia/Kamchatka'];
  test('it has to be allowed in all of them', () => {
    // 08:00 in Moscow is 05:00 UTC, 21:00 in Kamchatka is 09:00 UTC.
    expect(iso('2026-06-10T04:00:00Z', RUSSIA)).toBe('2026-06-10T05:00:00.000Z');
    expect(iso('2026-06-10T05:00:00Z', RUSSIA)).toBeNull();
    expect(iso('2026-06-10T09:00:00Z', RUSSIA)).toBe('2026-06-11T05:00:00.000Z');
  });
  test('where none is allowed in all, the first decides', () => {
    const zones = ['America/New_York', 'America/Los_Angeles', 'Europe/London', 'Asia/Shanghai'];
    expect(iso('2026-06-10T11:00:00Z', zones)).toBe('2026-06-10T12:00:00.000Z');
    expect(iso('2026-06-10T12:00:00Z', zones)).toBeNull();
  });
  test('one minute of the day is enough, also after a day of 25 hours', () => {
    const hours = { start: '12:01', end: '12:00' };
    expect(iso('2026-10-24T10:01:00Z', 'Europe/Berlin', hours)).toBe('2026-10-25T11:00:00.000Z');
  });
  test('the answer is the first minute that all allow', () => {
    const some = fc.uniqueArray(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 5 });
    const moment = fc.integer({ min: Date.UTC(2024, 10), max: Date.UTC(2028, 10) });
    fc.assert(
      fc.property(some, moment, (zones, now) => {
        const quiet = (at: number) => zones.some((zone) => isQuiet(zone, at, NIGHT));
        const at = ask(now, zones)?.getTime() ?? now;
        let minute = now;
        while (quiet(minute) && minute - now <= 26 * HOUR)
          minute = (Math.floor(minute / MINUTE) + 1) * MINUTE;
        const never = minute - now > 26 * HOUR;
        expect(at).toBe(never ? (ask(now, zones[0]!)?.getTime() ?? now) : minute);
      }),
      { numRuns: 60 },
    );
  });
});

describe('clock changes', () => {
  test.each([
    // The end of quiet hours is leapt over: 02:00 → 03:00 and 02:00 → 02:30.
    [
      'forward over the end',
      '2026-03-29T00:30:00Z',
      'Europe/Berlin',
      { start: '21:00', end: '02:30' },
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'half an hour forward',
      '2026-10-03T15:00:00Z',
      'Australia/Lord_Howe',
      { start: '21:00', end: '02:10' },
      '2026-10-03T15:30:00.000Z',
    ],
    // The end comes twice: allowed from the first on, quiet again until the second.
    [
      'back, before both',
      '2026-10-25T00:00:00Z',
      'Europe/Berlin',
      { start: '21:00', end: '02:30' },
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'back, between both',
      '2026-10-25T01:10:00Z',
      'Europe/Berlin',
      { start: '21:00', end: '02:30' },
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'back, after the first',
      '2026-10-25T00:45:00Z',
      'Europe/Berlin',
      { start: '21:00', end: '02:30' },
      null,
    ],
    [
      'half an hour back',
      '2026-04-04T15:10:00Z',
      'Australia/Lord_Howe',
      { start: '21:00', end: '01:45' },
      '2026-04-04T15:15:00.000Z',
    ],
    // The night of a clock change is an hour shorter or longer.
    ['a short night', '2026-03-28T20:00:00Z', 'Europe/Berlin', NIGHT, '2026-03-29T06:00:00.000Z'],
    ['a long night', '2026-10-24T19:00:00Z', 'Europe/Berlin', NIGHT, '2026-10-25T07:00:00.000Z'],
    // Samoa left out 30 December 2011.
    ['a day left out', '2011-12-30T07:00:00Z', 'Pacific/Apia', NIGHT, '2011-12-30T18:00:00.000Z'],
    // Morocco puts its clock back for Ramadan.
    ['Ramadan begins', '2026-02-14T22:00:00Z', 'Africa/Casablanca', NIGHT, '2026-02-15T08:00:00.000Z'],
    ['Ramadan ends', '2026-03-21T22:00:00Z', 'Africa/Casablanca', NIGHT, '2026-03-22T07:00:00.000Z'],
  ] as const)('%s', (_, now, zone, hours, at) => {
    expect(iso(now, zone, hours)).toBe(at);
    holds(Date.parse(now), zone, hours);
  });

  test('around every one of two years before and after, in every zone that the runtime knows', () => {
    const [from, to] = [Date.UTC(2024, 10), Date.UTC(2028, 10)];
    let seen = 0;
    for (const zone of ZONES)
      for (const change of clockChanges(zone, from, to)) {
        seen++;
        for (const hours of [-14, -3, -1, 0, 1, 9]) holds(change + hours * HOUR, zone, NIGHT);
        // Quiet hours that end and begin at the very time of the change.
        const [before, after] = [wall(zone, change - MINUTE), wall(zone, change)];
        for (const end of [before, after].filter((time) => time < '23:59')) {
          holds(change - 90 * MINUTE, zone, { start: '23:59', end });
          holds(change + 10 * MINUTE, zone, { start: '23:59', end });
        }
      }
    expect(seen).toBeGreaterThan(400);
  });
  test('at any time, in every zone', () => {
    const moment = fc.integer({ min: Date.UTC(2024, 10), max: Date.UTC(2028, 10) });
    for (const zone of ZONES)
      fc.assert(
        fc.property(moment, (now) => holds(now, zone, NIGHT)),
        { numRuns: 5 },
      );
  });
  test('with any hours', () => {
    const time = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    const hours = fc
      .uniqueArray(fc.integer({ min: 0, max: 1439 }), { minLength: 2, maxLength: 2 })
      .map((pair) => pair.sort((a, b) => a - b))
      .map(([end, start]) => ({ start: time(start!), end: time(end!) }));
    const moment = fc.integer({ min: Date.UTC(2024, 10), max: Date.UTC(2028, 10) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), moment, hours, (zone, now, kept) => holds(now, zone, kept)),
      { numRuns: 300 },
    );
  });
});
