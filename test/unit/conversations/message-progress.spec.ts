import fc from 'fast-check';
import type { ProviderStatus, Refusal } from '../../../src/modules/channels';
import { reportOf } from '../../../src/modules/conversations/app/provider-report';
import {
  afterReport,
  isInHandOver,
  isUnknown,
  type Progress,
  type Report,
} from '../../../src/modules/conversations/domain/message-progress';
import { MESSAGE_STATUSES, type MessageStatus } from '../../../src/modules/conversations/domain/message';

const SID = 'SM1';
const STATUSES: ProviderStatus[] = [
  'queued',
  'accepted',
  'sending',
  'sent',
  'canceled',
  'undelivered',
  'failed',
  'delivered',
  'read',
];
const report = (status: ProviderStatus, refusal: Refusal | null = null): Report =>
  reportOf({ providerMessageId: SID, status, refusal });
const refused = (code: Refusal['code'], providerCode: number): Refusal => ({ code, providerCode });
const handedOver: Progress = { status: 'sending', providerMessageId: null, errorCode: null };

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

const courses: ProviderStatus[][] = [
  ['queued', 'sending', 'sent', 'delivered', 'read'],
  ['accepted', 'queued', 'sent', 'delivered'],
  ['queued', 'sending', 'sent', 'undelivered'],
  ['queued', 'failed'],
  ['accepted', 'canceled'],
  ['queued', 'sent', 'failed', 'delivered', 'read'],
];

describe('reports', () => {
  test.each(courses.map((course) => [course]))('%j in every order end alike', (course) => {
    const ends = permutations(course).map((order) =>
      order.reduce((message, status) => afterReport(message, report(status)), handedOver),
    );
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    expect(ends[0]?.status).toBe(course.at(-1));
  });

  test('any reports, in any order and repeated, end alike, whatever was believed before', () => {
    const statuses = fc.array(fc.constantFrom(...STATUSES), { minLength: 1, maxLength: 12 });
    const before = fc.constantFrom(...MESSAGE_STATUSES.filter((status) => status !== 'received'));
    fc.assert(
      fc.property(statuses, before, fc.func(fc.nat()), (sent, status, order) => {
        // An error belongs to its status, as it does at providers.
        const reports = sent.map((s) =>
          report(s, s === 'failed' || s === 'undelivered' ? refused('provider_refused', 30008) : null),
        );
        const shuffled = [...reports, ...reports]
          .map((item, i) => ({ item, rank: order(i) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ item }) => item);
        const start: Progress = { status, providerMessageId: null, errorCode: null };
        expect(shuffled.reduce(afterReport, start)).toEqual(reports.reduce(afterReport, start));
      }),
    );
  });

  /** As they come in callbacks: what fails says why. */
  const told = new Map(
    STATUSES.map((status) => [
      status,
      report(
        status,
        status === 'failed' || status === 'undelivered'
          ? refused('provider_refused', 30_000 + status.length)
          : null,
      ),
    ]),
  );

  /** Every choice of `size` statuses, in the order of the list. */
  function choices(size: number, from = STATUSES): ProviderStatus[][] {
    if (size === 0) return [[]];
    return from.flatMap((first, i) => choices(size - 1, from.slice(i + 1)).map((rest) => [first, ...rest]));
  }
  /**
   * Where all orders of these reports end. What has come and what came of it decide about the rest, in whatever order it was:
   * so each way on is gone once from every state that any part of them leads to.
   */
  function endsOf(reports: readonly ProviderStatus[]): string[] {
    const all = 2 ** reports.length - 1;
    const reached = Array.from({ length: all + 1 }, () => new Map<string, Progress>());
    reached[0]!.set(JSON.stringify(handedOver), handedOver);
    for (let come = 0; come < all; come++)
      for (const progress of reached[come]!.values())
        for (const [i, status] of reports.entries()) {
          if (come & (1 << i)) continue;
          const next = afterReport(progress, told.get(status)!);
          reached[come | (1 << i)]!.set(JSON.stringify(next), next);
        }
    return [...reached[all]!.keys()];
  }

  test.each([1, 2, 3, 4, 5, 6, 9])(
    'all orders of any %i end alike, with any of them repeated anywhere',
    (size) => {
      for (const chosen of choices(size)) {
        const [end, ...others] = endsOf(chosen);
        expect({ chosen, others }).toEqual({ chosen, others: [] });
        for (const again of chosen)
          expect({ chosen, again, ends: endsOf([...chosen, again]) }).toEqual({ chosen, again, ends: [end] });
      }
    },
  );

  test('two reasons for one status end alike', () => {
    const reasons = [30003, 30005, 30008].map((code) => report('failed', refused('provider_refused', code)));
    const ends = permutations(reasons).map((order) => order.reduce(afterReport, handedOver).errorCode);
    expect(new Set(ends)).toEqual(new Set(['provider_30003']));
  });

  test('never move a message back', () => {
    const pairs = fc.tuple(fc.constantFrom(...STATUSES), fc.constantFrom(...STATUSES));
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const first = afterReport(handedOver, report(one));
        const second = afterReport(first, report(other));
        expect(afterReport(second, report(one))).toEqual(second);
      }),
    );
  });

  test('the first one corrects what was only believed', () => {
    const givenUp: Progress = { status: 'failed', providerMessageId: null, errorCode: 'not_accepted' };
    expect(afterReport(givenUp, report('sent'))).toEqual({
      status: 'sent',
      providerMessageId: SID,
      errorCode: null,
    });
  });

  test('about another message of the provider change nothing', () => {
    const ours = afterReport(handedOver, report('sent'));
    expect(afterReport(ours, { ...report('read'), providerMessageId: 'SM2' })).toBe(ours);
  });

  test('do not touch what a customer wrote', () => {
    const incoming: Progress = { status: 'received', providerMessageId: SID, errorCode: null };
    expect(afterReport(incoming, report('read'))).toBe(incoming);
  });

  test('an error that comes with a repeated status is kept, and a delivery takes it away', () => {
    const failed = afterReport(
      afterReport(handedOver, report('failed')),
      report('failed', refused('outside_window', 63016)),
    );
    expect(failed).toEqual({ status: 'failed', providerMessageId: SID, errorCode: 'outside_window' });
    expect(afterReport(failed, report('delivered')).errorCode).toBeNull();
  });
});

test.each<[MessageStatus, string | null, boolean, boolean]>([
  ['sending', null, true, false],
  ['sending', SID, false, false],
  ['unknown', null, false, true],
  ['queued', null, false, false],
])(
  '%s with provider id %s: in hand-over %s, unknown %s',
  (status, providerMessageId, inHandOver, unknown) => {
    const message: Progress = { status, providerMessageId, errorCode: null };
    expect(isInHandOver(message)).toBe(inHandOver);
    expect(isUnknown(message)).toBe(unknown);
  },
);

test.each<[Refusal, string]>([
  [{ code: 'opted_out', providerCode: 21610 }, 'opted_out'],
  [{ code: 'provider_refused', providerCode: 30008 }, 'provider_30008'],
  [{ code: 'provider_refused' }, 'provider_refused'],
])('the error code of %j is %s', (refusal, code) => expect(report('failed', refusal).errorCode).toBe(code));
