import fc from 'fast-check';
import { textToKeep } from '../../../src/modules/conversations/domain/message';
import { matchSent, type SentCandidate } from '../../../src/modules/conversations/domain/sent-message-match';

const sent = (providerMessageId: string, second: number, body = 'Hello'): SentCandidate => ({
  providerMessageId,
  body,
  sentAt: new Date(second * 1000),
});

test('the oldest of the same text is taken', () => {
  const candidates = [sent('SM3', 30), sent('SM1', 10, 'Other'), sent('SM2', 20, 'Hello ')];
  expect(matchSent('Hello', candidates, new Set())?.providerMessageId).toBe('SM2');
});

test('what belongs to a message is not taken again', () => {
  expect(matchSent('Hello', [sent('SM1', 1)], new Set(['SM1']))).toBeUndefined();
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
        const found = matchSent('Hello', candidates, taken);
        expect(found).toEqual(matchSent('Hello', candidates.toReversed(), taken));
        taken.add(found!.providerMessageId);
      }
      expect(taken.size).toBe(ids.length);
      expect(matchSent('Hello', candidates, taken)).toBeUndefined();
    }),
  );
});

test.each([
  ['', null],
  ['Hi', 'Hi'],
  ['😀'.repeat(5000), '😀'.repeat(4096)],
])('an incoming text is kept as far as it fits (%#)', (text, kept) => expect(textToKeep(text)).toBe(kept));
