import { LeadMoveRefused } from './errors';

/** How interested a lead is, from most to least. */
export const LEAD_SCORES = ['hot', 'warm', 'cold'] as const;
export type LeadScore = (typeof LEAD_SCORES)[number];

/** How far a lead has come: the first five in this order; `lost` from any of them. */
export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'booked', 'converted', 'lost'] as const;
export type LeadStatus = (typeof LEAD_STATUSES)[number];

/** `converted` and `lost` are ends: whoever takes a lead up again reopens it. */
const CLOSED: ReadonlySet<LeadStatus> = new Set(['converted', 'lost']);

/** What a change of the status means. */
export type LeadMove = 'none' | 'forward' | 'lost' | 'reopened';

/**
 * What it means that a lead goes from one status to another. Forward, over any number of steps (who walks in and books was
 * never qualified); to lost, from anywhere; from an end back to any status that is none, which reopens it. Undefined where
 * the rules do not allow it: back within an open lead, and from lost to converted without having been reopened.
 */
export function leadMove(from: LeadStatus, to: LeadStatus): LeadMove | undefined {
  if (from === to) return 'none';
  if (to === 'lost') return 'lost';
  if (CLOSED.has(from)) return CLOSED.has(to) ? undefined : 'reopened';
  return LEAD_STATUSES.indexOf(to) > LEAD_STATUSES.indexOf(from) ? 'forward' : undefined;
}

/** The same, of a move that must be allowed. Throws {@link LeadMoveRefused}. */
export function checkLeadMove(from: LeadStatus, to: LeadStatus): LeadMove {
  const move = leadMove(from, to);
  if (move === undefined) throw new LeadMoveRefused(from, to);
  return move;
}

/** True when a score tells the team to act, and did not before. */
export function becameHot(before: LeadScore | null, after: LeadScore | null): boolean {
  return after === 'hot' && before !== 'hot';
}
