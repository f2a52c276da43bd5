import fc from 'fast-check';
import { Allowance, Allowances } from '../../../src/common/time/allowance';

const MINUTE = 60_000;

describe('an allowance', () => {
  test('gives its size at once, and then as many as come back', () => {
    const allowance = new Allowance({ size: 3, perMinute: 60 }, 0);
    expect([1, 2, 3, 4].map(() => allowance.take(0))).toEqual([true, true, true, false]);
    expect(allowance.secondsUntil(1)).toBe(1);
    expect(allowance.secondsUntil(3)).toBe(3);
    expect(allowance.take(999)).toBe(false);
    expect(allowance.take(1000)).toBe(true);
    expect(allowance.take(1000)).toBe(false);
  });

  test('is never more than its size, however long nobody asks', () => {
    const allowance = new Allowance({ size: 3, perMinute: 60 }, 0);
    expect(allowance.leftAt(100 * MINUTE)).toBe(3);
    expect(allowance.secondsUntil(3)).toBe(0);
    // More than there can be is never waited for.
    expect(allowance.secondsUntil(1000)).toBe(0);
  });

  test('gives no more over any time than its size and what came back meanwhile, and at least that', () => {
    const asks = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 600 }),
        asks,
        (size, perMinute, pauses) => {
          const allowance = new Allowance({ size, perMinute }, 0);
          let now = 0;
          let given = 0;
          for (const pause of pauses) {
            now += pause;
            const wasThere = allowance.leftAt(now) >= 1;
            const isGiven = allowance.take(now);
            expect(isGiven).toBe(wasThere);
            if (isGiven) given++;
            expect(given).toBeLessThanOrEqual(size + (now / MINUTE) * perMinute + 1e-6);
            if (isGiven) continue;
            // After the wait that it tells there is one, and a second before there was none.
            const wait = allowance.secondsUntil(1);
            expect(wait).toBeGreaterThanOrEqual(1);
            now += wait * 1000;
            expect(allowance.take(now)).toBe(true);
            given++;
          }
        },
      ),
    );
  });
});

describe('allowances', () => {
  test('count each key by itself', () => {
    const allowances = new Allowances({ size: 1, perMinute: 1 });
    expect(allowances.take('a', 0)).toBe(true);
    expect(allowances.take('a', 0)).toBe(false);
    expect(allowances.isUsedUp('a', 0)).toBe(true);
    expect(allowances.isUsedUp('b', 0)).toBe(false);
    expect(allowances.take('b', 0)).toBe(true);
  });

  test('have a common one where there is one', () => {
    const allowances = new Allowances({ size: 2, perMinute: 1 }, { size: 3, perMinute: 1 });
    const now = performance.now();
    expect(['a', 'a', 'b', 'b', 'c'].map((key) => allowances.take(key, now))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
