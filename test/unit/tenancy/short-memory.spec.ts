import { ShortMemory } from '../../../src/modules/tenancy/app/short-memory';

const later = <T>(value: T, ms = 20) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

test('those who ask at the same time share one lookup', async () => {
  const memory = new ShortMemory<number>(10);
  let lookups = 0;
  const ask = () => memory.get('key', () => later(++lookups));
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(await ask()).toBe(1);
});

test('it forgets by itself', async () => {
  const memory = new ShortMemory<number>(10, 30);
  expect(await memory.get('key', () => Promise.resolve(1))).toBe(1);
  await later(null, 60);
  expect(await memory.get('key', () => Promise.resolve(2))).toBe(2);
});

test('a failure is told to all who wait and not remembered', async () => {
  const memory = new ShortMemory<number>(10);
  const failing = () => memory.get('key', () => later(null).then(() => Promise.reject(new Error('down'))));
  const outcomes = await Promise.allSettled([failing(), failing()]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await memory.get('key', () => Promise.resolve(3))).toBe(3);
});

test('what was forgotten while a lookup was under way is looked up anew, and the old answer does not come back', async () => {
  const memory = new ShortMemory<string>(10);
  const before = memory.get('key', () => later('before'));
  memory.forget('key');
  const after = memory.get('key', () => later('after', 40));
  expect(await before).toBe('before');
  expect(await after).toBe('after');
  expect(await memory.get('key', () => later('third'))).toBe('after');
});

test('it forgets all keys with one beginning', async () => {
  const memory = new ShortMemory<number>(10);
  for (const key of ['a:1', 'a:2', 'b:1']) await memory.get(key, () => Promise.resolve(1));
  memory.forgetAll('a:');
  const again = ['a:1', 'a:2', 'b:1'].map((key) => memory.get(key, () => Promise.resolve(2)));
  expect(await Promise.all(again)).toEqual([2, 2, 1]);
});

test('it holds no more than it may', async () => {
  const memory = new ShortMemory<number>(2);
  for (const key of ['a', 'b', 'c']) await memory.get(key, () => Promise.resolve(1));
  expect(await memory.get('a', () => Promise.resolve(2))).toBe(2);
  expect(await memory.get('c', () => Promise.resolve(2))).toBe(1);
});
