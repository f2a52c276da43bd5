import fc from 'fast-check';
import { newId } from '../../../src/common/context';
import { textToKeep } from '../../../src/modules/conversations/domain/message';
import {
  matchSent,
  type LostMessage,
  type SentCandidate,
} from '../../../src/modules/conversations/domain/sent-message-match';

const sent = (providerMessageId: string, second: number, body = 'Hello'): SentCandidate => ({
  providerMessageId,
  body,
  sentAt: new Date(second * 1000),
});

const HELLO: LostMessage = { body: 'Hello', template: null };

test('the oldest of the same text is taken', () => {
  const candidates = [sent('SM3', 30), sent('SM1', 10, 'Other'), sent('SM2', 20, 'Hello ')];
  expect(matchSent(HELLO, candidates, new Set())?.providerMessageId).toBe('SM2');
});

test('what belongs to a message is not taken again', () => {
  expect(matchSent(HELLO, [sent('SM1', 1)], new Set(['SM1']))).toBeUndefined();
});

test('lost messages of the same text find as many different ones as there are, however the list is ordered', () => {
  const list = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(list, fc.func(fc.nat()), (ids, order) => {
      // All in the same second, as the provider tells it.
      const candidates = ids
        .map((id) => sent(`SM${id}`, 1))
        .sort((a, b) => order(a.providerMessageId) - order(b.providerMessageId));
      const taken = new Set<string>();
      while (taken.size < ids.length) {
        const found = matchSent(HELLO, candidates, taken);
        expect(found).toEqual(matchSent(HELLO, candidates.toReversed(), taken));
        taken.add(found!.providerMessageId);
      }
      expect(taken.size).toBe(ids.length);
      expect(matchSent(HELLO, candidates, taken)).toBeUndefined();
    }),
  );
});

describe('a template', () => {
  const template = (variables: Record<string, string>, contentId: string | null = 'HX1') => ({
    templateId: newId(),
    contentId,
    variables,
  });
  const list = [
    sent('SM1', 10, 'Hi Ann, Friday. [Book]'),
    sent('SM2', 20, 'Hi Ann, Friday.'),
    sent('SM3', 5, ''),
  ];

  test('is found by the text that the person reads, which the provider shows', () => {
    const lost = { body: 'Hi Ann, Friday.', template: template({ '1': 'Ann', '2': 'Friday' }) };
    expect(matchSent(lost, list, new Set())?.providerMessageId).toBe('SM2');
  });

  test('is found by its values where the provider shows more than its text', () => {
    const lost = { body: 'Hi Ann, Friday.', template: template({ '1': 'Ann', '2': 'Friday' }) };
    expect(matchSent(lost, list, new Set(['SM2']))?.providerMessageId).toBe('SM1');
    const other = { body: 'Hi Ann, Monday.', template: template({ '1': 'Ann', '2': 'Monday' }) };
    expect(matchSent(other, list, new Set())).toBeUndefined();
  });

  test('is not found by values that it does not have, and one of our own by its text alone', () => {
    expect(matchSent({ body: 'Closed', template: template({}) }, list, new Set())).toBeUndefined();
    const own = { body: 'Hi Ann', template: template({ '1': 'Ann' }, null) };
    expect(matchSent(own, list, new Set())).toBeUndefined();
  });

  test('without a text is found by having none', () => {
    expect(matchSent({ body: null, template: template({}) }, list, new Set())?.providerMessageId).toBe('SM3');
  });
});

test.each([
  ['', null],
  ['Hi', 'Hi'],
  ['😀'.repeat(5000), '😀'.repeat(4096)],
])('an incoming text is kept as far as it fits (%#)', (text, kept) => expect(textToKeep(text)).toBe(kept));
