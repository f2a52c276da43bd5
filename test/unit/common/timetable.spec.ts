import { timetable } from '../../../src/common/schedule/timetable';

const HALF_HOURS = ['2026-01-05T10:30:00.000Z', '2026-01-05T11:00:00.000Z', '2026-01-05T11:30:00.000Z'];
const MINUTE = 60_000;

/** The different slots of 90 minutes from 10:17 on; `lateMs`: how late the clock stands when a timer rings. */
function fired(lateMs: number): string[] {
  jest.useFakeTimers({ now: new Date('2026-01-05T10:17:00.000Z') });
  const slots: string[] = [];
  const job = timetable('0,30 * * * *', (planned) => slots.push(planned.toISOString()));
  jest.setSystemTime(Date.now() + lateMs);
  jest.advanceTimersByTime(90 * MINUTE);
  void job.stop();
  return [...new Set(slots)];
}

describe('recurring work', () => {
  afterEach(() => jest.useRealTimers());

  it.each([
    ['in time', 0],
    ['a moment early', -3],
    ['late, as after a blocked event loop', 2 * MINUTE],
  ])('is planned for the same slots whether its timer rings %s', (_how, lateMs) => {
    expect(fired(lateMs)).toEqual(HALF_HOURS);
  });
});
