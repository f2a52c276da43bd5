import { SendTiming } from '../../../src/modules/conversations/app/send-timing';

const timing = new SendTiming();

test('waits grow, and end at five minutes', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => timing.retryAfterMs(attempt) / 1000);
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300]);
});

test('a provider that asks for more gets it, within bounds', () => {
  expect(timing.retryAfterMs(1, 60)).toBe(60_000);
  expect(timing.retryAfterMs(1, 1)).toBe(5_000);
  expect(timing.retryAfterMs(1, 86_400)).toBe(900_000);
});
