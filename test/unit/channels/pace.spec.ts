import fc from 'fast-check';
import {
  blocked,
  burstOf,
  freeAt,
  freeSlots,
  refilled,
  type Pace,
} from '../../../src/modules/channels/domain/pace';

const START = new Date('2026-01-05T10:00:00.000Z');
const after = (ms: number, from = START): Date => new Date(from.getTime() + ms);
const empty: Pace = { available: 0, countedAt: START, blockedUntil: null, blockedTimes: 0 };

test.each([
  [1, 1],
  [4, 1],
  [5, 2],
  [80, 20],
  [1000, 250],
])('at %i a second %i go at once', (perSecond, burst) => {
  expect(burstOf(perSecond)).toBe(burst);
  expect(freeSlots(refilled(empty, perSecond, after(3_600_000)))).toBe(burst);
});

test('however often it is asked, no more go than the pace and one burst', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.record({ ms: fc.nat(500), wanted: fc.nat(100) }), { maxLength: 100 }),
      (perSecond, asked) => {
        let pace: Pace = empty;
        let now = START;
        let sent = 0;
        for (const { ms, wanted } of asked) {
          now = after(ms, now);
          pace = refilled(pace, perSecond, now);
          const slots = Math.min(wanted, freeSlots(pace));
          pace = { ...pace, available: pace.available - slots };
          sent += slots;
        }
        const seconds = (now.getTime() - START.getTime()) / 1000;
        expect(sent).toBeLessThanOrEqual(seconds * perSecond + burstOf(perSecond));
      },
    ),
  );
});

test('when slots are free is told to the millisecond', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.integer({ min: 1, max: 300 }),
      (perSecond, available, wanted) => {
        const pace = { ...empty, available: Math.min(available, burstOf(perSecond)) };
        const slots = Math.min(wanted, burstOf(perSecond));
        const at = freeAt(pace, perSecond, wanted);
        // A double counts 0.9999999 where it means 1: one millisecond more makes up for it.
        expect(freeSlots(refilled(pace, perSecond, after(1, at)))).toBeGreaterThanOrEqual(slots);
        if (at > START) expect(freeSlots(refilled(pace, perSecond, after(-1, at)))).toBeLessThan(slots);
      },
    ),
  );
});

test('while the provider wants nothing, nothing goes', () => {
  const pace = blocked({ ...empty, available: 5 }, START, 1_000);
  expect(freeSlots(refilled(pace, 80, after(999)))).toBe(0);
  expect(freeSlots(refilled(pace, 80, after(1_000)))).toBe(20);
  expect(freeAt(pace, 80, 1)).toEqual(after(1_000));
});

test('pauses double with each time in a row, up to five minutes; what was under way counts once', () => {
  let pace = empty;
  let now = START;
  const pauses = Array.from({ length: 11 }, () => {
    pace = blocked(pace, now, 1_000);
    pace = blocked(pace, after(1, now), 1_000);
    const pause = pace.blockedUntil!.getTime() - now.getTime();
    now = after(1, pace.blockedUntil!);
    return Math.floor(pause / 1_000);
  });
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
});

test('the provider gets the pause that it asks for, up to five minutes', () => {
  expect(blocked(empty, START, 1_000, 30).blockedUntil).toEqual(after(30_000));
  expect(blocked(empty, START, 1_000, 86_400).blockedUntil).toEqual(after(300_000));
  expect(blocked(empty, START, 60_000, 1).blockedUntil).toEqual(after(60_000));
});
