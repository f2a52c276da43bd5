import { isConnectionLoss, meaningOf } from '../../../src/common/database';

const refusal = (code: string): Error => Object.assign(new Error('refused'), { code });

it.each([
  ['08006', 'unavailable'],
  ['57P01', 'unavailable'],
  ['53100', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['23505', 'conflict'],
  ['23P01', 'conflict'],
  ['23503', 'reference_missing'],
  ['23514', 'value_refused'],
  ['22P02', 'value_refused'],
  ['57014', 'too_slow'],
  ['42501', undefined],
])('%s means %s', (code, meaning) => expect(meaningOf(refusal(code))).toBe(meaning));

it('an error of the program means nothing to the caller', () =>
  expect(meaningOf(new TypeError('x is undefined'))).toBeUndefined());

it('a full disk is not a lost connection: to try for ever would only hide it', () => {
  expect(isConnectionLoss(refusal('53100'))).toBe(false);
  expect(isConnectionLoss(refusal('08006'))).toBe(true);
});
