import fc from 'fast-check';
import { Allowance } from '../../../src/common/time/allowance';
import { consentState, type LedgerEntry } from '../../../src/modules/channels/domain/consent';
import { consentKeyword } from '../../../src/modules/channels/domain/consent-keywords';
import { countryOf } from '../../../src/modules/contacts';

const of = (body: string) => consentKeyword({ body, optOutType: null });

describe('reserved words', () => {
  test.each([
    'STOP',
    'stop',
    'StopAll',
    ' unsubscribe ',
    'CANCEL',
    'End.',
    'quit!',
    'REVOKE',
    'OptOut',
    '«STOP»',
    'stop 🙏',
  ])('%s opts out', (body) => expect(of(body)).toBe('opt_out'));
  test.each(['START', 'yes', 'Yes!', 'unstop'])('%s opts in', (body) => expect(of(body)).toBe('opt_in'));
  test.each(['HELP', 'help?', 'Info'])('%s asks for help', (body) => expect(of(body)).toBe('help'));
  test.each([
    '',
    'Please stop',
    'STOP it',
    'stop stop',
    'yes please',
    'endless',
    'ſtop',
    'ST OP',
    'STOP1',
    '🙏',
  ])('%s means nothing', (body) => expect(of(body)).toBeNull());
  test('the provider that acted on a word itself is right', () => {
    expect(consentKeyword({ body: 'Arrêt', optOutType: 'STOP' })).toBe('opt_out');
    expect(consentKeyword({ body: 'STOP', optOutType: 'START' })).toBe('opt_in');
    expect(consentKeyword({ body: 'x', optOutType: 'HELP' })).toBe('help');
  });
});

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const entry = (
  action: LedgerEntry['action'],
  source: LedgerEntry['source'],
  minute: number,
): LedgerEntry => ({
  action,
  source,
  at: at(minute),
});

describe('what a ledger comes to', () => {
  test('nothing is no consent', () => {
    expect(consentState([])).toEqual({ optedIn: false, optedInAt: null, optedOutAt: null });
  });

  test('writing opts in', () => {
    expect(consentState([entry('opt_in', 'inbound_message', 1)])).toEqual({
      optedIn: true,
      optedInAt: at(1),
      optedOutAt: null,
    });
  });

  test('writing after an opt-out opens nothing; a word does', () => {
    const out = [entry('opt_in', 'inbound_message', 1), entry('opt_out', 'keyword', 2)];
    const wrote = [...out, entry('opt_in', 'inbound_message', 3)];
    expect(consentState(wrote)).toEqual({ optedIn: false, optedInAt: null, optedOutAt: at(2) });
    expect(consentState([...wrote, entry('opt_in', 'keyword', 4)])).toEqual({
      optedIn: true,
      optedInAt: at(4),
      optedOutAt: at(2),
    });
  });

  test('at the same instant the opt-out decides', () => {
    const both = [entry('opt_out', 'api', 1), entry('opt_in', 'keyword', 1)];
    expect(consentState(both).optedIn).toBe(false);
    expect(consentState([...both].reverse()).optedIn).toBe(false);
  });

  test('the order of the entries makes no difference, and the newest word given on purpose decides', () => {
    const entries = fc.array(
      fc.record({
        action: fc.constantFrom('opt_in' as const, 'opt_out' as const),
        source: fc.constantFrom('keyword' as const, 'api' as const, 'provider_error' as const),
        at: fc.integer({ min: 0, max: 20 }).map(at),
      }),
      { maxLength: 8 },
    );
    const writings = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 3 });
    fc.assert(
      fc.property(entries, writings, fc.nat(), (given, minutes, seed) => {
        const ledger = [...given, ...minutes.map((minute) => entry('opt_in', 'inbound_message', minute))];
        const shuffled = [...ledger].sort((a, b) => hash(a, seed) - hash(b, seed));
        expect(consentState(shuffled)).toEqual(consentState(ledger));
        const newest = Math.max(...given.map((one) => one.at.getTime()));
        const last = given.filter((one) => one.at.getTime() === newest);
        const expected =
          last.length > 0 ? last.every(({ action }) => action === 'opt_in') : minutes.length > 0;
        expect(consentState(ledger).optedIn).toBe(expected);
      }),
    );
  });
});

function hash({ action, source, at: time }: LedgerEntry, seed: number): number {
  return ((time.getTime() / 60_000 + action.length * 7 + source.length * 13) * ((seed % 97) + 1)) % 31;
}

test('an allowance gives so many at once, and more as time goes by', () => {
  const allowance = new Allowance({ size: 2, perMinute: 60 }, 0);
  expect([allowance.take(0), allowance.take(0), allowance.take(0)]).toEqual([true, true, false]);
  expect(allowance.take(999)).toBe(false);
  expect([allowance.take(1_999), allowance.take(1_999)]).toEqual([true, false]);
  expect([allowance.take(99_000), allowance.take(99_000), allowance.take(99_000)]).toEqual([
    true,
    true,
    false,
  ]);
});

test('a number tells its country where it can', () => {
  expect(countryOf('+4915112345678')).toBe('DE');
  expect(countryOf('+14155238886')).toBe('US');
  expect(countryOf('+80012345678')).toBeNull();
});
