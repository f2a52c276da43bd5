import fc from 'fast-check';
import { consentState, type LedgerEntry } from '../../../src/modules/channels/domain/consent';

const entry = fc.record({
  action: fc.constantFrom('opt_in' as const, 'opt_out' as const),
  source: fc.constantFrom('keyword', 'inbound_message', 'api', 'import', 'console', 'provider_error'),
  at: fc.integer({ min: 0, max: 20 }).map((second) => new Date(second * 1000)),
}) as fc.Arbitrary<LedgerEntry>;

const suppression = (second: number): LedgerEntry => ({
  action: 'opt_out',
  source: 'suppression',
  at: new Date(second * 1000),
});

describe('a suppression', () => {
  it('is not outweighed by anything but a word of the person themselves', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.integer({ min: 0, max: 20 }), (ledger, second) => {
        const said = ledger.some(
          ({ action, source, at }) =>
            action === 'opt_in' && source === 'keyword' && at.getTime() > second * 1000,
        );
        fc.pre(!said);
        expect(consentState([suppression(second), ...ledger]).optedIn).toBe(false);
      }),
    );
  });

  it('never makes anybody more reachable than without it', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.integer({ min: 0, max: 20 }), (ledger, second) => {
        if (consentState([...ledger, suppression(second)]).optedIn)
          expect(consentState(ledger).optedIn).toBe(true);
      }),
    );
  });

  it('counts alike in whatever order entries were written', () => {
    fc.assert(
      fc.property(
        fc
          .array(entry)
          .chain((ledger) =>
            fc.tuple(
              fc.constant(ledger),
              fc.shuffledSubarray([...ledger, suppression(7)], { minLength: ledger.length + 1 }),
            ),
          ),
        ([ledger, shuffled]) => {
          expect(consentState(shuffled)).toEqual(consentState([...ledger, suppression(7)]));
        },
      ),
    );
  });

  it('is lifted by an opt-in word, after which what others report counts again', () => {
    const at = (second: number) => new Date(second * 1000);
    const lifted: LedgerEntry[] = [suppression(1), { action: 'opt_in', source: 'keyword', at: at(2) }];
    expect(consentState(lifted).optedIn).toBe(true);
    const out: LedgerEntry[] = [...lifted, { action: 'opt_out', source: 'api', at: at(3) }];
    expect(consentState(out).optedIn).toBe(false);
    expect(consentState([...out, { action: 'opt_in', source: 'import', at: at(4) }]).optedIn).toBe(true);
  });
});
