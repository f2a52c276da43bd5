import fc from 'fast-check';
import {
  BadSendTime,
  BulkSendNotCancellable,
  BulkSendNotDraft,
  BulkSendNotPausable,
  BulkSendNotResumable,
  BulkSendNotStartable,
  BulkVariablesInvalid,
} from '../../../src/modules/conversations/domain/bulk-errors';
import { figuresOf } from '../../../src/modules/conversations/domain/bulk-figures';
import {
  BATCH,
  fedUntilAfter,
  MOST_WAITING,
  roomFor,
  secondsFor,
} from '../../../src/modules/conversations/domain/bulk-pace';
import {
  afterProblem,
  BULK_SEND_STATUSES,
  checkCan,
  checkSendAt,
  goingOn,
} from '../../../src/modules/conversations/domain/bulk-send';
import { checkVariables } from '../../../src/modules/conversations/domain/bulk-variables';

const now = new Date('2026-01-05T10:00:00.000Z');
const later = (ms: number) => new Date(now.getTime() + ms);

test.each([
  ['change', ['draft'], BulkSendNotDraft],
  ['start', ['draft'], BulkSendNotStartable],
  ['pause', ['scheduled', 'running'], BulkSendNotPausable],
  ['resume', ['paused'], BulkSendNotResumable],
  ['cancel', ['scheduled', 'running', 'paused'], BulkSendNotCancellable],
] as const)('%s is possible from %j alone', (action, from, error) => {
  for (const status of BULK_SEND_STATUSES) {
    const attempt = () => checkCan(action, status);
    if ((from as readonly string[]).includes(status)) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(error);
  }
});

test('a time to start at lies ahead, within a year', () => {
  for (const sendAt of [null, later(1), later(365 * 86_400_000)])
    expect(() => checkSendAt(sendAt, now)).not.toThrow();
  for (const sendAt of [now, later(-1), later(365 * 86_400_000 + 1)])
    expect(() => checkSendAt(sendAt, now)).toThrow(BadSendTime);
  expect([goingOn(null, now), goingOn(later(-1), now), goingOn(later(1), now)]).toEqual([
    'running',
    'running',
    'scheduled',
  ]);
});

test('what can be remedied pauses, the rest fails', () => {
  expect(afterProblem('connection_inactive')).toBe('paused');
  expect(afterProblem('organization_suspended')).toBe('paused');
  expect(afterProblem('template_not_usable')).toBe('paused');
  expect(afterProblem('connection_gone')).toBe('failed');
  expect(afterProblem('internal_error')).toBe('failed');
});

describe('pace', () => {
  it('never lets more than so many wait, nor more than a batch at once', () => {
    fc.assert(
      fc.property(
        fc.nat(3_000),
        fc.option(fc.integer({ min: 1, max: 60_000 }), { nil: null }),
        fc.option(fc.integer({ min: -60_000, max: 60_000 }), { nil: null }),
        (waiting, perMinute, ms) => {
          const room = roomFor({ waiting, perMinute, fedUntil: ms === null ? null : later(ms), now });
          expect(room).toBeGreaterThanOrEqual(0);
          expect(room).toBeLessThanOrEqual(BATCH);
          expect(Math.min(waiting, MOST_WAITING) + room).toBeLessThanOrEqual(MOST_WAITING);
          if (ms !== null && ms > 0) expect(room).toBe(0);
        },
      ),
    );
  });

  it('keeps its own pace on the average, however often it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 60 }),
        (perMinute, waits) => {
          let [at, fedUntil, sent]: [number, Date | null, number] = [0, null, 0];
          for (const wait of waits) {
            const feeding = { waiting: 0, perMinute, fedUntil, now: later(at) };
            const room = roomFor(feeding);
            if (room > 0) fedUntil = fedUntilAfter(room, feeding);
            sent += room;
            at += wait;
          }
          // What goes out in ten seconds goes at once.
          expect(sent).toBeLessThanOrEqual((at * perMinute) / 60_000 + Math.max(1, perMinute / 6) + 1e-6);
        },
      ),
    );
  });

  it('tells how long it takes', () => {
    expect(secondsFor(0, 80, null)).toBe(0);
    expect(secondsFor(81, 80, null)).toBe(2);
    expect(secondsFor(100, 80, 60)).toBe(100);
    expect(secondsFor(100, 1, 6_000)).toBe(100);
  });
});

test('figures add up, whatever the messages are', () => {
  const statuses = [
    'queued',
    'held',
    'sending',
    'unknown',
    'sent',
    'delivered',
    'read',
    'failed',
    'undelivered',
    'canceled',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { minLength: 10, maxLength: 10 }),
      fc.nat(9),
      fc.nat(9),
      (counts, out, ahead) => {
        const made = counts.reduce((sum, count) => sum + count, 0);
        const total = made + out + ahead;
        const { skipped, ...figures } = figuresOf(
          { total, walked: made + out, skipped: { opted_out: out } },
          new Map(statuses.map((status, index) => [status, counts[index] ?? 0])),
        );
        expect(skipped).toEqual({ opted_out: out });
        expect(Object.values(figures).reduce((sum, count) => sum + count, 0) + out).toBe(total);
      },
    ),
  );
});

describe('variables', () => {
  const wanted = [
    { name: '1', type: 'text', example: 'x', maxLength: 5 } as const,
    { name: '2', type: 'text', example: 'x', maxLength: 100 } as const,
  ];
  const keys = new Set(['company']);

  it('are all of the template, each once', () => {
    const right = [
      { name: '1', field: 'firstName', fallback: 'you' },
      { name: '2', field: 'customField:company' },
    ];
    expect(() => checkVariables(right, wanted, keys)).not.toThrow();
    expect(() => checkVariables([], [], keys)).not.toThrow();
  });

  it('are told by field, all that is wrong at once', () => {
    const wrong = [
      { name: '1', text: 'too long', fallback: 'x' },
      { name: '1' },
      { name: '3', field: 'customField:shoe' },
    ];
    try {
      checkVariables(wrong, wanted, keys);
      throw new Error('nothing was wrong');
    } catch (error) {
      expect(error).toBeInstanceOf(BulkVariablesInvalid);
      expect((error as BulkVariablesInvalid).fields.map(({ field, code }) => `${field} ${code}`)).toEqual([
        'variables.0.fallback not_with_text',
        'variables.0.text too_long',
        'variables.1.text text_or_field',
        'variables.1.name twice',
        'variables.2.name no_such_variable',
        'variables.2.field no_such_field',
        'variables missing',
      ]);
    }
  });
});
