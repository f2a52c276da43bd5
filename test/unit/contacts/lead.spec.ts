import fc from 'fast-check';
import { LeadMoveRefused } from '../../../src/modules/contacts/domain/errors';
import {
  becameHot,
  checkLeadMove,
  LEAD_SCORES,
  LEAD_STATUSES,
  leadMove,
  type LeadMove,
  type LeadStatus,
} from '../../../src/modules/contacts/domain/lead';

const status = fc.constantFrom(...LEAD_STATUSES);
const pair = fc.tuple(status, status);
const closed = (one: LeadStatus): boolean => one === 'converted' || one === 'lost';

test.each<[LeadStatus, LeadStatus, LeadMove | undefined]>([
  ['new', 'contacted', 'forward'],
  ['new', 'booked', 'forward'],
  ['booked', 'converted', 'forward'],
  ['new', 'converted', 'forward'],
  ['new', 'new', 'none'],
  ['lost', 'lost', 'none'],
  ['new', 'lost', 'lost'],
  ['converted', 'lost', 'lost'],
  ['lost', 'new', 'reopened'],
  ['lost', 'booked', 'reopened'],
  ['converted', 'contacted', 'reopened'],
  ['booked', 'qualified', undefined],
  ['contacted', 'new', undefined],
  ['lost', 'converted', undefined],
])('from %s to %s: %s', (from, to, move) => {
  expect(leadMove(from, to)).toBe(move);
  if (move === undefined) expect(() => checkLeadMove(from, to)).toThrow(LeadMoveRefused);
  else expect(checkLeadMove(from, to)).toBe(move);
});

describe('whatever the statuses', () => {
  test('every lead can be lost, and every end can be left for any status that is none', () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        expect(leadMove(from, 'lost')).toBe(from === 'lost' ? 'none' : 'lost');
        if (closed(from) && !closed(to)) expect(leadMove(from, to)).toBe('reopened');
      }),
    );
  });

  test('of two different statuses of an open lead exactly one leads forward to the other', () => {
    fc.assert(
      fc.property(pair, ([one, other]) => {
        fc.pre(one !== other && one !== 'lost' && other !== 'lost' && !(closed(one) || closed(other)));
        expect([leadMove(one, other), leadMove(other, one)].sort()).toEqual(['forward', undefined]);
      }),
    );
  });

  test('without losing or reopening it a lead never comes by the same status twice', () => {
    fc.assert(
      fc.property(status, fc.array(status), (start, tries) => {
        const seen: LeadStatus[] = [start];
        for (const to of tries) if (leadMove(seen.at(-1)!, to) === 'forward') seen.push(to);
        expect(new Set(seen).size).toBe(seen.length);
      }),
    );
  });
});

test('becoming hot is news once', () => {
  for (const before of [...LEAD_SCORES, null])
    for (const after of [...LEAD_SCORES, null])
      expect(becameHot(before, after)).toBe(after === 'hot' && before !== 'hot');
});
